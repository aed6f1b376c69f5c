#!/bin/sh
# Instead of electron-builder's own: the same undoing, and a word about what stays.
if type update-alternatives >/dev/null 2>&1; then
    update-alternatives --remove '${executable}' '/opt/${sanitizedProductName}/${executable}' || true
else
    rm -f '/usr/bin/${executable}'
fi
profile='/etc/apparmor.d/${executable}'
if [ -f "$profile" ]; then
    if type apparmor_parser >/dev/null 2>&1; then apparmor_parser --remove "$profile" 2>/dev/null || true; fi
    rm -f "$profile"
fi
# An update removes the old version first, too; dpkg then says "upgrade", rpm says 1.
case "$1" in
upgrade | 1) ;;
*)
    echo 'Verl Launchpad is removed. Models, data, environments and trainings stay in the data folder of each user,'
    echo '~/verl-launchpad unless another was chosen (~/.config/verl-launchpad/root.json names it). Trainings go on.'
    ;;
esac
