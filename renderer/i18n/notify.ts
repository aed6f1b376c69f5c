/** Words of the settings' part about notifications; a part of `en`. */
export const notify = {
  title: 'Notifications',
  text: 'Told on the desktop while the app runs, and to a webhook if one is set.',
  kinds: {
    firstStep: 'The first step is done',
    validation: 'A validation',
    best: 'A new best',
    stall: 'Nothing moves any more',
    crash: 'A training ended with an error',
    diskLow: 'The disk is nearly full',
    finished: 'A training is finished',
  },
  quiet: 'Quiet hours',
  quietText: 'Between these times nothing is announced, only listed.',
  from: 'From',
  to: 'To',
  webhook: 'Webhook',
  webhookText:
    'Every message is posted to this address: Slack, Feishu, Lark, DingTalk, WeCom and Discord in their own form, anything else as JSON. Whoever knows the address can post there, so it is kept as a secret and not shown again.',
  webhookNone: 'None is set',
  webhookSet: 'Messages go to {{host}}',
  address: 'Address',
  save: 'Save',
  try: 'Send a test message',
  tried: 'It arrived (status {{status}}).',
  forget: 'Forget',
}
