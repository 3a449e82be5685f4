// The receiver compares the signature, so that it knows who sent the event and that nobody has changed it.
async function main({ event, data }, context) {
  const body = JSON.stringify({ event, data });
  const key = await crypto.subtle.importKey(
    'raw', context.secret('WEBHOOK_KEY'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(body)));
  const hex = Array.from(signature, (byte) => byte.toString(16).padStart(2, '0')).join('');

  const response = await fetch('https://hooks.example/events', {
    method: 'POST',
    headers: {
      'Authorization': `Bearer ${context.secret('WEBHOOK_TOKEN')}`,
      'Content-Type': 'application/json',
      'X-Signature-256': `sha256=${hex}`,
    },
    body,
  });
  if (!response.ok) throw new HttpError(response.status, `The event was not taken: ${await response.text()}`);
  return { delivered: true, signature: hex };
}
