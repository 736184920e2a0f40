#!/usr/bin/env bash
# What curl --aws-sigv4 signs of an S3 URL: libcurl 7.88.1 beside @smithy/signature-v4 5.7.5 (of AWS's SDK).
#
# Expected: curl signs the canonical request that the service rebuilds: for S3 every byte of the path
# percent-encoded once but for letters, digits and -._~/, and the query's pairs encoded the same way, sorted,
# each with its "=".
# Seen: it signs path and query as they stand in the URL. A key with + @ : ( ) = , ; $ & ! * or ' in it, all
# of them valid in a path, gives another signature than the service computes, and so does %7E for ~; a query
# must come sorted and encoded, and one without a value ("?uploads") never fits.
# Why it bites: it works for the plain keys one tries it with; the first file called "a+b" or the first
# listing by "?prefix=a/b" answers 403 SignatureDoesNotMatch, which reads like a wrong secret. Percent-encode
# all of it before curl sees it, and write "uploads=".
set -euo pipefail

CURL=7.88.1 SIGNER=5.7.5 SHA=5.2.0
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
curl --version | grep -q "libcurl/$CURL " || { echo "this needs curl with libcurl $CURL, of Debian 12"; exit 1; }
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "@smithy/signature-v4@$SIGNER" "@aws-crypto/sha256-js@$SHA"
cat >check.mjs <<'END'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '@aws-crypto/sha256-js';

const KEY = { accessKeyId: 'id', secretAccessKey: 'secret' };
const REGION = 'eu-west-1';
const REST = /[!'()*]/g;
const encode = (part) => encodeURIComponent(part).replace(REST, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());
const signatureOf = (headers) => headers.authorization.match(/Signature=(\w+)/)[1];

// The signature as the service computes it from the request that came in.
async function expected(request) {
  const url = new URL(request.url, 'http://localhost');
  const names = request.headers.authorization.match(/SignedHeaders=([^,]+)/)[1].split(';');
  const [, y, m, d, h, min, s] = request.headers['x-amz-date'].match(/(.{4})(..)(..)T(..)(..)(..)Z/);
  const signer = new SignatureV4({
    credentials: KEY, region: REGION, service: 's3', sha256: Sha256, uriEscapePath: false, applyChecksum: false,
  });
  const signed = await signer.sign({
    method: request.method, protocol: 'http:', hostname: url.hostname,
    path: url.pathname.split('/').map((part) => encode(decodeURIComponent(part))).join('/'),
    query: Object.fromEntries([...url.search.slice(1).split('&')].filter(Boolean)
      .map((pair) => pair.split('=')).map(([key, value = '']) => [decodeURIComponent(key), decodeURIComponent(value)])),
    headers: Object.fromEntries(names.map((name) => [name, request.headers[name]])),
  }, { signingDate: new Date(`${y}-${m}-${d}T${h}:${min}:${s}Z`), signableHeaders: new Set(names), unsignableHeaders: new Set() });
  return signatureOf(signed.headers);
}

const server = createServer(async (request, response) => {
  response.end(await expected(request) === signatureOf(request.headers) ? 'fits' : 'does not fit');
});
const ask = (target) => new Promise((done) => {
  execFile('curl', ['-s', '--globoff', '--aws-sigv4', `aws:amz:${REGION}:s3`, '-u', 'id:secret',
    `http://127.0.0.1:${server.address().port}/bucket/${target}`], (failure, out) => done(failure ? 'curl failed' : out));
});
server.listen(0, '127.0.0.1', async () => {
  const keys = ['plain', 'a%20b', '%C3%A4', 'a~b', 'a%2Bb', ...[...'+@:()=,;$&!*\''].map((c) => `a${c}b`), 'a%7Eb',
    '?a=1&b=2', '?prefix=a%2Fb', '?uploads=', '?prefix=a/b', '?b=1&a=2', '?uploads'];
  for (const key of keys) console.log(key.padEnd(15), await ask(key));
  server.close();
});
END
node check.mjs | tee seen
{
  for key in plain a%20b %C3%A4 a~b a%2Bb; do printf '%-15s fits\n' "$key"; done
  for mark in + @ : '(' ')' = ',' ';' '$' '&' '!' '*' "'"; do printf '%-15s does not fit\n' "a${mark}b"; done
  printf '%-15s does not fit\n' a%7Eb
  for query in 'a=1&b=2' prefix=a%2Fb uploads=; do printf '%-15s fits\n' "?$query"; done
  for query in prefix=a/b 'b=1&a=2' uploads; do printf '%-15s does not fit\n' "?$query"; done
} >expected
diff expected seen || { echo "the behaviour has changed"; exit 1; }
