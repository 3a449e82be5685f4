const RECEIVER = 'https://hooks.example.com/events';

// The receiver computes the same signature: it then knows who sent the event and that nobody has changed it. The key
// itself never comes here, `context.secret` stands for it.
async function sign(text, context) {
  const hash = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', context.secret('WEBHOOK_KEY'), hash, false, ['sign']);
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export default async function ({ event, data }, context) {
  const body = JSON.stringify({ event, data });
  const response = await fetch(RECEIVER, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Signature-256': `sha256=${await sign(body, context)}` },
    body,
  });
  if (!response.ok) throw new HttpError(response.status, `The event was not taken: ${await response.text()}`);
  return { delivered: true };
}
