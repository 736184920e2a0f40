// toolbox-files: files of a sandbox, in its private directory.
"use strict"

const crypto = require("node:crypto")
const fs = require("node:fs/promises")
const path = require("node:path")
const { ApiError, badRequest, conflict, notFound } = require("./errors")
const { formatParts, parseParts } = require("./multipart")
const { Reply, empty } = require("./reply")

const REFUSALS = {
  EACCES: (error) => new ApiError(403, error.message),
  EEXIST: (error) => conflict(error.message),
  ENOENT: () => notFound("file not found"),
  EPERM: (error) => new ApiError(403, error.message),
}

/** A handler whose file system errors become the answers the API gives for them. */
function guarded(handler) {
  return async (call) => {
    try {
      return await handler(call)
    } catch (error) {
      if (error instanceof ApiError || !error.code) throw error
      throw (REFUSALS[error.code] || ((other) => badRequest(other.message)))(error)
    }
  }
}

function pathOf(call, name = "path") {
  if (!call.query[name]) throw badRequest(`${name} is required`)
  return call.toolbox.resolve(call.query[name])
}

/* Information -------------------------------------------------------------------------------- */

function modeText(stat) {
  const bits = ["r", "w", "x"]
  const text = [...Array(9).keys()].map((i) => (stat.mode & (0o400 >> i) ? bits[i % 3] : "-"))
  return (stat.isDirectory() ? "d" : "-") + text.join("")
}

async function infoOf(file) {
  const stat = await fs.stat(file)
  const modifiedAt = stat.mtime.toISOString()
  return {
    name: path.basename(file),
    path: file,
    isDir: stat.isDirectory(),
    size: stat.size,
    mode: modeText(stat),
    permissions: (stat.mode & 0o777).toString(8).padStart(4, "0"),
    modTime: modifiedAt,
    modifiedAt,
    owner: String(stat.uid),
    group: String(stat.gid),
  }
}

async function listFiles(call) {
  const directory = call.toolbox.resolve(call.query.path)
  const names = (await fs.readdir(directory)).sort()
  return Promise.all(names.map((name) => infoOf(path.join(directory, name))))
}

/** Every regular file under `root`, or `root` itself when it is one. */
async function filesUnder(root) {
  if (!(await fs.stat(root)).isDirectory()) return [root]
  const entries = await fs.readdir(root, { withFileTypes: true })
  const lists = entries.map((entry) => filesUnder(path.join(root, entry.name)))
  return (await Promise.all(lists)).flat().sort()
}

function wildcard(pattern) {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")
  return new RegExp(`^${source.replace(/\?/g, ".")}$`)
}

async function searchFiles(call) {
  const pattern = wildcard(call.query.pattern || "*")
  const files = await filesUnder(pathOf(call))
  return { files: files.filter((file) => pattern.test(path.basename(file))) }
}

function matchesIn(file, text, pattern) {
  const lines = text.split("\n").map((content, i) => ({ file, line: i + 1, content }))
  return lines.filter(({ content }) => content.includes(pattern))
}

async function findInFiles(call) {
  const files = await filesUnder(pathOf(call))
  const found = files.map(async (file) =>
    matchesIn(file, await fs.readFile(file, "utf8"), call.query.pattern || ""),
  )
  return (await Promise.all(found)).flat()
}

/* Changes ------------------------------------------------------------------------------------ */

async function writeFile(file, content) {
  await fs.mkdir(path.dirname(file), { recursive: true })
  await fs.writeFile(file, content)
}

async function uploadFile(call) {
  const file = pathOf(call)
  const parts = parseParts(call.bytes, call.headers["content-type"])
  const part = parts.find(({ name }) => name === "file")
  if (!part) throw badRequest("http: no such file")
  await writeFile(file, part.content)
  return { name: path.basename(file), path: file, type: "file" }
}

/** Parts come in pairs: `files[0].path`, then `files[0].file`. */
async function uploadFiles(call) {
  let target = null
  for (const { name, content } of parseParts(call.bytes, call.headers["content-type"])) {
    if (name.endsWith(".path")) target = content.toString()
    if (!name.endsWith(".file")) continue
    if (target === null) throw badRequest(`${name} comes before its path`)
    await writeFile(call.toolbox.resolve(target), content)
    target = null
  }
  return undefined
}

async function deleteFile(call) {
  const file = pathOf(call)
  const { isDir } = await infoOf(file)
  const recursive = call.query.recursive === "true"
  if (isDir && !recursive) throw badRequest("cannot delete directory without recursive flag")
  await fs.rm(file, { recursive })
  return empty(204)
}

async function createFolder(call) {
  if (!call.query.mode) throw badRequest("mode is required")
  const folder = pathOf(call)
  await fs.mkdir(folder, { recursive: true })
  await fs.chmod(folder, parseInt(call.query.mode, 8))
  return empty(201)
}

async function moveFile(call) {
  const source = pathOf(call, "source")
  const destination = pathOf(call, "destination")
  await fs.stat(source)
  const taken = await fs.stat(destination).catch(() => null)
  if (taken) throw conflict("destination already exists")
  await fs.rename(source, destination)
  return undefined
}

/** Owners are not changed: a test has no right to. */
async function setPermissions(call) {
  const file = pathOf(call)
  const mode = parseInt(call.query.mode ?? "", 8)
  if (call.query.mode && Number.isNaN(mode)) throw badRequest("invalid mode")
  await fs.stat(file)
  if (call.query.mode) await fs.chmod(file, mode)
  return undefined
}

async function replaceInFile(call, name) {
  const { pattern, newValue } = call.body
  try {
    const file = call.toolbox.resolve(name)
    await fs.writeFile(file, (await fs.readFile(file, "utf8")).replaceAll(pattern, newValue))
    return { file: name, success: true }
  } catch (error) {
    return { file: name, success: false, error: error.message }
  }
}

function replaceInFiles(call) {
  return Promise.all((call.body.files || []).map((name) => replaceInFile(call, name)))
}

/* Downloads ---------------------------------------------------------------------------------- */

async function downloadFile(call) {
  const file = pathOf(call)
  if ((await fs.stat(file)).isDirectory()) throw badRequest("path must be a file")
  const disposition = `attachment; filename="${path.basename(file)}"`
  const headers = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": disposition,
  }
  return new Reply(200, await fs.readFile(file), headers)
}

async function downloadPart(call, filename) {
  try {
    const content = await fs.readFile(call.toolbox.resolve(filename))
    return { name: "file", filename, content }
  } catch (error) {
    return { name: "error", filename, content: error.message }
  }
}

async function downloadFiles(call) {
  const paths = call.body.paths || []
  if (paths.length === 0) throw badRequest("request body must be {paths: [...]} and non-empty")
  const parts = await Promise.all(paths.map((filename) => downloadPart(call, filename)))
  const { body, type } = formatParts(parts, `DAYTONA-FILE-BOUNDARY-${crypto.randomUUID()}`)
  return new Reply(200, body, { "Content-Type": type })
}

const unguarded = {
  CreateFolder: createFolder,
  DeleteFile: deleteFile,
  DownloadFile: downloadFile,
  DownloadFiles: downloadFiles,
  FindInFiles: findInFiles,
  GetFileInfo: (call) => infoOf(pathOf(call)),
  ListFiles: listFiles,
  MoveFile: moveFile,
  ReplaceInFiles: replaceInFiles,
  SearchFiles: searchFiles,
  SetFilePermissions: setPermissions,
  UploadFile: uploadFile,
  UploadFiles: uploadFiles,
}

const handlers = Object.fromEntries(
  Object.entries(unguarded).map(([id, handler]) => [id, guarded(handler)]),
)

module.exports = { handlers }
