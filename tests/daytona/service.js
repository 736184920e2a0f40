// service: the two public operations, health and config.
"use strict"

const handlers = {
  HealthController_live: () => ({ status: "ok" }),

  ConfigController_getConfig({ world }) {
    const { version, proxyUrl, defaultSnapshot } = world.config
    const proxy = new URL(proxyUrl)
    return {
      version,
      oidc: { issuer: "http://localhost/oidc", clientId: "daytona", audience: "daytona" },
      linkedAccountsEnabled: false,
      announcements: {},
      proxyTemplateUrl: `${proxy.protocol}//{{PORT}}-{{sandboxId}}.${proxy.host}`,
      proxyToolboxUrl: `${proxyUrl}/toolbox`,
      defaultSnapshot,
      dashboardUrl: "http://localhost/dashboard",
      maxAutoArchiveInterval: 43200,
      maintananceMode: false,
      environment: "test",
    }
  },
}

module.exports = { handlers }
