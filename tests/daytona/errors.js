// errors: what the API says when it refuses, and the envelope it says it in.
"use strict"

const { STATUS_CODES } = require("node:http")

/** A refusal: thrown anywhere below a request, rendered by `envelope`. */
class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} message one string, as the API sends it
   * @param {Record<string, string|number>} [headers]
   */
  constructor(status, message, headers = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

const badRequest = (message) => new ApiError(400, message)
const unauthorized = () => new ApiError(401, "Invalid credentials")
const forbidden = (message = "Access denied") => new ApiError(403, message)
const notFound = (message) => new ApiError(404, message)
const conflict = (message) => new ApiError(409, message)
const unexpected = () => new ApiError(500, "An unexpected error occurred.")
const maintenance = () =>
  new ApiError(503, "Service is currently under maintenance. Please try again later.")
const noRoute = (call) => notFound(`Cannot ${call.method} ${call.url}`)

/** The body of every error of a route or a guard; `url` is path and query as sent. */
function envelope(url, error) {
  return {
    path: url,
    timestamp: new Date().toISOString(),
    statusCode: error.status,
    error: STATUS_CODES[error.status],
    message: error.message,
  }
}

module.exports = {
  ApiError,
  badRequest,
  conflict,
  envelope,
  forbidden,
  maintenance,
  noRoute,
  notFound,
  unauthorized,
  unexpected,
}
