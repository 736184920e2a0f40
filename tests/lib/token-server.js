// A token server as Docker Hub's: anybody gets a token to pull, the user with the password also one to push.
// node token-server.js KEY_FILE CERT_FILE PASSWORD_FILE USER SERVICE
// Prints TOKEN_REALM=url, then one line for each token given: "token SUBJECT SCOPE…".
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");

const [keyFile, certFile, passwordFile, user, service] = process.argv.slice(2);
const key = fs.readFileSync(keyFile, "utf8");
const certificate = fs.readFileSync(certFile, "utf8").replace(/-----[^-]+-----|\s/g, "");
const password = fs.readFileSync(passwordFile, "utf8").trim();
const LIFETIME = 300; // seconds

const base64url = (value) => Buffer.from(value).toString("base64url");

/** The subject of a Basic header: the user, "" for nobody, null for a wrong password. */
function subjectOf(header) {
  if (!header) return "";
  const text = Buffer.from(header.replace(/^Basic /i, ""), "base64").toString();
  return text === `${user}:${password}` ? user : null;
}

/** "repository:NAME:pull,push" as the access entry that SUBJECT may have of it. */
function grant(scope, subject) {
  const [type, ...rest] = scope.split(":");
  const wanted = rest.pop().split(",");
  const actions = subject ? wanted : wanted.filter((action) => action === "pull");
  return { type, name: rest.join(":"), actions };
}

/** A signed token in the form that the registry's token authentication checks: RS256 with x5c. */
function sign(subject, access) {
  const now = Math.floor(Date.now() / 1000);
  const head = { typ: "JWT", alg: "RS256", x5c: [certificate] };
  const claims = {
    iss: service, aud: service, sub: subject, access,
    iat: now, nbf: now - 10, exp: now + LIFETIME, jti: crypto.randomUUID(),
  };
  const body = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(claims))}`;
  return `${body}.${crypto.sign("RSA-SHA256", Buffer.from(body), key).toString("base64url")}`;
}

function reply(response, status, document) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(document));
}

/** The words of a request wherever the client put them: query of a GET, form of a POST. */
function words(request, body) {
  return request.method === "POST"
    ? new URLSearchParams(body)
    : new URL(request.url, "http://localhost").searchParams;
}

/** POST carries the password as form fields (the OAuth 2 flow of newer engines). */
function subjectOfRequest(request, form) {
  if (form.get("grant_type") === "password") {
    return subjectOf(Buffer.from(`${form.get("username")}:${form.get("password")}`).toString("base64"));
  }
  return subjectOf(request.headers.authorization);
}

function answer(request, response, body) {
  const form = words(request, body);
  const subject = subjectOfRequest(request, form);
  if (subject === null) return reply(response, 401, { details: "incorrect username or password" });
  const scopes = form.getAll("scope").flatMap((scope) => scope.split(" ")).filter(Boolean);
  const token = sign(subject, scopes.map((scope) => grant(scope, subject)));
  console.log(`token ${subject || "anonymous"} ${scopes.join(" ")}`);
  return reply(response, 200, { token, access_token: token, expires_in: LIFETIME, issued_at: new Date().toISOString() });
}

const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => { body += chunk; });
  request.on("end", () => answer(request, response, body));
});

server.listen(0, "127.0.0.1", () => {
  console.log(`TOKEN_REALM=http://127.0.0.1:${server.address().port}/token`);
});
