/** The host puts a fresh nonce into the page; styles made at run time need it to pass the content security policy. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
