/** What is noticed about a run (main/core/train/health.ts). */
export const runs = {
  en: {
    RUN_RESTARTED: 'It crashed and was started again from its last checkpoint: {{times}} time(s).',
    RUN_STALLED: 'Nothing was written for {{minutes}} minutes, far longer than a step takes. It may hang.',
    RUN_GRADIENT_NOT_FINITE:
      'The gradient was not finite {{times}} time(s), and those updates were left out. A lower learning rate, or float32 instead of float16, helps.',
    RUN_REWARD_ZERO:
      'Every answer of the last {{steps}} steps scored 0, so nothing can be learnt. Look at the samples: does the model write its answer in the form that the reward reads (for GSM8K: #### 42)? Are answers cut off?',
    RUN_NO_SIGNAL:
      'In each of the last {{steps}} steps all answers scored the same. GRPO learns from differences within a group; without any it learns nothing. Easier or harder problems, or more answers to each prompt, help.',
    RUN_CUT_OFF:
      '{{share}} % of the answers are cut off at the length limit, and a cut answer has no result. Raise max_response_length, or let the prompt ask for shorter answers.',
    RUN_ENTROPY_GONE:
      'The answers hardly vary any more (entropy {{entropy}}): the model has settled, and there is little left to learn from. A lower learning rate or more weight on KL keeps it open.',
    RUN_GRADIENT_RISING: 'The gradient is {{times}} times what it was at the start. A lower learning rate is safer.',
    RUN_REWARD_FALLING:
      'The reward has fallen from {{from}} (steps up to {{step}}) to {{to}}. Usually the learning rate is too high: stop, keep the best checkpoint, and start again with a tenth of it.',
    RUN_MEMORY_CLIMBING:
      'Main memory grows by {{perStep}} GB a step ({{used}} of {{total}} GB are used) and will be full in about {{steps}} steps; then workers are ended. Save a checkpoint soon and start again from it; fewer reward and data workers, and no offloading, leave more room.',
    RUN_ALL_CLIPPED:
      '{{share}} % of the update is clipped: each step wants to move farther than it may. A lower learning rate, or fewer passes over each batch (ppo_epochs), helps.',
    RUN_KL_HIGH:
      'The model moves far away from where it began (KL {{kl}}). It may be learning to please the reward rather than to solve the task: look at the samples.',
  },
  'zh-CN': {
    RUN_RESTARTED: '训练崩溃后已从最近的检查点重新启动：{{times}} 次。',
    RUN_STALLED: '已有 {{minutes}} 分钟没有任何输出，远超一步通常所需的时间，可能已卡住。',
    RUN_GRADIENT_NOT_FINITE:
      '梯度出现 {{times}} 次非有限值，相应的更新已被跳过。降低学习率，或用 float32 代替 float16 会有帮助。',
    RUN_REWARD_ZERO:
      '最近 {{steps}} 步的所有回答得分都是 0，因此学不到任何东西。请查看样本：模型是否按奖励函数读取的格式写出答案（GSM8K 为 #### 42）？回答是否被截断？',
    RUN_NO_SIGNAL:
      '最近 {{steps}} 步中，每一步的所有回答得分都相同。GRPO 依靠组内差异学习，没有差异就什么也学不到。换更易或更难的题目，或增加每题的回答数会有帮助。',
    RUN_CUT_OFF:
      '{{share}}% 的回答因长度上限被截断，而被截断的回答没有结果。请提高 max_response_length，或在提示中要求更短的回答。',
    RUN_ENTROPY_GONE:
      '回答几乎不再变化（熵 {{entropy}}）：模型已经固化，能学到的所剩无几。降低学习率或加大 KL 权重可以保持探索。',
    RUN_GRADIENT_RISING: '梯度已是开始时的 {{times}} 倍。降低学习率更稳妥。',
    RUN_REWARD_FALLING:
      '奖励已从 {{from}}（截至第 {{step}} 步）降到 {{to}}。通常是学习率过高：请停止训练，保留最佳检查点，把学习率降到十分之一后重新开始。',
    RUN_MEMORY_CLIMBING:
      '内存每步增长 {{perStep}} GB（已用 {{used}} / {{total}} GB），大约 {{steps}} 步后会耗尽，届时工作进程会被结束。请尽快保存检查点并从它重新开始；减少奖励和数据的工作进程、关闭卸载可以腾出空间。',
    RUN_ALL_CLIPPED:
      '更新中有 {{share}}% 被裁剪：每一步都想走得比允许的更远。降低学习率，或减少每批数据的训练轮数（ppo_epochs）会有帮助。',
    RUN_KL_HIGH: '模型已远离起点（KL {{kl}}）。它可能在迎合奖励而不是解题：请查看样本。',
  },
}
