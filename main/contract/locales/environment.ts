/** Findings about an environment that the core makes itself: what is not whole, and what to do. */
const en = {
  PYTHON_BROKEN:
    'Its Python does not start any more: the file is gone, damaged or for another system. Repair makes it again.',
  PATCHES_DO_NOT_FIT: 'The changes this recipe lays over verl do not fit what is installed: {{detail}}',
  PACKAGE_MISSING: '{{package}} {{version}} is missing. Repair installs it again.',
  PACKAGE_CHANGED:
    '{{package}} is {{installed}}, but {{locked}} was installed and tested. Somebody changed it; Repair brings the tested one back.',
  PACKAGE_DAMAGED:
    '{{package}} is damaged: {{count}} of its files are missing or changed, among them {{example}}. Repair installs it again.',
  PACKAGES_ADDED:
    'Installed later and not part of the recipe: {{packages}}. It mostly does no harm; if something stops working, look here first.',
  RECIPE_NO_CARD: 'Needs an NVIDIA card; none was found here.',
  UV_UNAVAILABLE:
    'The fast installer uv {{version}} could not be had, so pip does the work: slower, with the same result. {{detail}}',
}

const zhCN: Record<keyof typeof en, string> = {
  PYTHON_BROKEN: '其中的 Python 已无法启动：文件丢失、损坏，或属于另一种系统。“修复”会重新创建。',
  PATCHES_DO_NOT_FIT: '该配方对 verl 的改动与已安装的内容不符：{{detail}}',
  PACKAGE_MISSING: '缺少 {{package}} {{version}}。“修复”会重新安装。',
  PACKAGE_CHANGED:
    '{{package}} 现在是 {{installed}}，而安装并验证过的是 {{locked}}。有人改动过它；“修复”会恢复验证过的版本。',
  PACKAGE_DAMAGED: '{{package}} 已损坏：有 {{count}} 个文件丢失或被改动，例如 {{example}}。“修复”会重新安装。',
  PACKAGES_ADDED: '后来安装、不属于配方的软件包：{{packages}}。通常无碍；若出现问题，请先检查这里。',
  RECIPE_NO_CARD: '需要 NVIDIA 显卡；本机没有找到。',
  UV_UNAVAILABLE: '无法取得快速安装工具 uv {{version}}，已改用 pip：较慢，结果相同。{{detail}}',
}

export const environment = { en, 'zh-CN': zhCN }
