// lock: takes everything that names a host out of package-lock.json (`npm run lock`, here and in
// tests/contract).
"use strict"

const fs = require("node:fs")
const path = require("node:path")

const file = path.resolve("package-lock.json")
const lock = JSON.parse(fs.readFileSync(file, "utf8"))
for (const entry of Object.values(lock.packages)) {
  delete entry.resolved
  delete entry.funding
}
fs.writeFileSync(file, JSON.stringify(lock, null, 2) + "\n")
