// ilike: SQL's ILIKE, as the API's name filters use it, with unescaped input.
"use strict"

const ONE = { "%": "[^]*", _: "[^]" }

function literal(char) {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&")
}

/** A regular expression for a pattern: % any run, _ any one character, \ escapes the next. */
function ilike(pattern) {
  let source = ""
  const chars = [...pattern]
  for (let i = 0; i < chars.length; i += 1) {
    if (chars[i] === "\\" && i + 1 < chars.length) {
      i += 1
      source += literal(chars[i])
    } else {
      source += ONE[chars[i]] || literal(chars[i])
    }
  }
  return new RegExp(`^${source}$`, "i")
}

module.exports = { ilike }
