import { describe, expect, it } from 'vitest'
import { redact } from '../../../main/core/report/redact'

const own = { home: '/home/meiling', user: 'meiling', host: 'gpu-box-17' }
const safe = (text: string) => redact(text, own)

describe('what leaves this machine', () => {
  it('has no secret in it, in whatever form it stood in the log', () => {
    const secret = 'hf_AbCdEfGhIjKlMnOpQrStUvWx'
    for (const text of [
      `HF_TOKEN=${secret}`,
      `Authorization: Bearer ${secret}`,
      `https://user:${secret}@mirror.example/simple`,
      `{"api_key": "${secret}"}`,
      `wandb login ${secret}`,
    ])
      expect(safe(text), text).not.toContain(secret)
    expect(safe('password: hunter2-and-more')).not.toContain('hunter2')
    expect(safe('-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----')).toBe('<secret>')
  })

  it('names neither the person nor the machine', () => {
    expect(safe('/home/meiling/模型/config.json')).toBe('~/模型/config.json')
    expect(safe('meiling@gpu-box-17: mail me at mei.ling+x@example.com')).not.toMatch(/meiling|mei\.ling|gpu-box-17/)
    expect(safe('(pid=12, ip=10.80.8.181)')).toBe('(pid=12, ip=<address>)')
    expect(safe("'/home/somebody/else.py'")).toBe("'~/else.py'")
  })

  it('is still readable: versions, numbers, paths of packages and the loopback stay', () => {
    const text =
      'torch 2.11.0+cu130, vllm 0.24.0 at 127.0.0.1:8265, File "/opt/env/lib/python3.12/site-packages/verl/x.py", line 3'
    expect(safe(text)).toBe(text)
    expect(redact('/root/a and root cause', { home: '/root', user: 'root', host: 'vm' })).toBe('~/a and root cause')
  })
})
