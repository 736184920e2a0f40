// addresses: where the stand-in says that sandboxes' toolboxes and previews are.
"use strict"

/** The proxy's address: the configured one, or this server's own. */
function proxyUrl(world) {
  return world.config.proxyUrl || world.origin
}

const toolboxUrl = (world) => `${proxyUrl(world)}/toolbox`

function proxyHost(world) {
  if (world.config.proxyUrl) return new URL(world.config.proxyUrl).host
  // Names below localhost are this machine; below an address there are none.
  return `localhost:${new URL(world.origin).port}`
}

/** A preview's address with {{PORT}} and {{sandboxId}}, as GET /config shows it. */
function previewTemplate(world) {
  const { proxyTemplateUrl } = world.config
  if (proxyTemplateUrl) return proxyTemplateUrl.replace("{{origin}}", world.origin)
  return `${new URL(proxyUrl(world)).protocol}//{{PORT}}-{{sandboxId}}.${proxyHost(world)}`
}

/** The address of one port; `idOrToken` is a sandbox's id, or a signed token instead of it. */
function previewUrl(world, port, idOrToken) {
  return previewTemplate(world).replace("{{PORT}}", port).replace("{{sandboxId}}", idOrToken)
}

module.exports = { previewTemplate, previewUrl, proxyUrl, toolboxUrl }
