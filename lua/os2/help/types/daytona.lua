--- Types of the Daytona API for `os2 help`; made by tools/rows.lua, not by hand.
--- Source: the description of the Daytona API (client 0.220.0).
return {
  health_controller_live = {
    tag = "Health",
    returns = "any",
    errors = "denied, network, timeout, unavailable",
  },
  get_current_api_key = {
    tag = "api-keys",
    returns = "daytona.ApiKeyList",
    errors = "denied, network, timeout, unavailable",
    record = "createdAt expiresAt lastUsedAt name organizationId permissions userId value",
  },
  get_organization_audit_logs = {
    tag = "audit",
    returns = "daytona.PaginatedAuditLogs",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "action actorApiKeyPrefix actorApiKeySuffix actorEmail actorId createdAt"
      .. " errorMessage id ipAddress metadata organizationId source statusCode targetId"
      .. " targetType userAgent",
    fields = {
      { "organizationId", "string" }, { "page", "number" }, { "limit", "number" },
      { "from", "string", "ISO 8601" }, { "to", "string", "ISO 8601" }, { "nextToken", "string" },
      { "id", "{eq?: string, in?: string[], not?: string, notIn?: string[]}" },
      { "actorId", "{eq?: string, in?: string[], not?: string, notIn?: string[]}" },
      { "actorEmail", "{eq?: string, in?: string[], not?: string, notIn?: string[]}" },
      { "actorApiKeyPrefix", "{eq?: string, in?: string[], not?: string, notIn?: string[]}" },
      { "actorApiKeySuffix", "{eq?: string, in?: string[], not?: string, notIn?: string[]}" },
      { "action", "{eq?: string, in?: string[], not?: string, notIn?: string[]}" },
      { "targetType", "{eq?: string, in?: string[], not?: string, notIn?: string[]}" },
      { "targetId", "{eq?: string, in?: string[], not?: string, notIn?: string[]}" },
      { "statusCode", "daytona.IntFilter" },
      { "createdAt", "{gt?: string, gte?: string, lt?: string, lte?: string}" },
    },
  },
  get_audit_scenarios = {
    tag = "audit",
    returns = "daytona.AuditScenarios",
    errors = "denied, network, timeout, unavailable",
    record = "targets",
  },
  config_controller_get_config = {
    tag = "config",
    returns = "daytona.DaytonaConfiguration",
    errors = "denied, network, timeout, unavailable",
    record = "analyticsApiUrl announcements billingApiUrl buildSha dashboardUrl"
      .. " defaultSnapshot environment forcedFeatureFlags linkedAccountsEnabled"
      .. " maintananceMode maxAutoArchiveInterval oidc posthog proxyTemplateUrl"
      .. " proxyToolboxUrl pylonAppId rateLimit sshGatewayCommand sshGatewayHost"
      .. " sshGatewayHostKeyFingerprints sshGatewayHostKeys sshGatewayPort"
      .. " sshGatewayPublicKey ssoOidc stripePublishableKey version",
  },
  list_registries = {
    tag = "docker-registry",
    returns = "daytona.DockerRegistry[]",
    errors = "denied, network, timeout, unavailable",
    record = "createdAt id name project registryType updatedAt url username",
  },
  create_registry = {
    tag = "docker-registry",
    returns = "daytona.DockerRegistry",
    errors = "denied, exists, invalid, network, timeout, unavailable",
    record = "createdAt id name project registryType updatedAt url username",
    fields = {
      { "name", "string" }, { "password", "string" }, { "project", "string" }, { "url", "string" },
      { "username", "string" },
    },
  },
  get_transient_push_access = {
    tag = "docker-registry",
    returns = "daytona.RegistryPushAccessDto",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "expiresAt project registryId registryUrl secret username",
    fields = {
      { "regionId", "string" },
    },
  },
  delete_registry = {
    tag = "docker-registry",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" },
    },
  },
  get_registry = {
    tag = "docker-registry",
    returns = "daytona.DockerRegistry",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt id name project registryType updatedAt url username",
    fields = {
      { "id", "string" },
    },
  },
  update_registry = {
    tag = "docker-registry",
    returns = "daytona.DockerRegistry",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt id name project registryType updatedAt url username",
    fields = {
      { "id", "string" }, { "name", "string" }, { "password", "string" }, { "project", "string" },
      { "url", "string" }, { "username", "string" },
    },
  },
  get_push_access = {
    tag = "object-storage",
    returns = "daytona.StorageAccessDto",
    errors = "denied, network, timeout, unavailable",
    record = "accessKey bucket organizationId region secret sessionToken storageUrl",
  },
  list_available_sandbox_classes = {
    tag = "organizations",
    returns = "daytona.AvailableSandboxClass[]",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "allowedGpuTypes gpuAvailable regionId sandboxClass",
    fields = {
      { "organizationId", "string" },
    },
  },
  update_organization_default_queue_timeout = {
    tag = "organizations",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "organizationId", "string" }, { "defaultQueueTimeout", "number|os2.null", "minutes" },
    },
  },
  get_gpu_capacity = {
    tag = "organizations",
    returns = "daytona.GpuCapacityResponse",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "capacity observedAt",
    fields = {
      { "organizationId", "string" },
    },
  },
  list_available_regions = {
    tag = "organizations",
    returns = "daytona.Region[]",
    errors = "denied, network, timeout, unavailable",
    record = "createdAt id name organizationId otelEndpoint proxyUrl regionType"
      .. " snapshotManagerUrl sshGatewayUrl updatedAt",
  },
  create_region = {
    tag = "organizations",
    returns = "daytona.CreateRegionResponse",
    errors = "denied, exists, invalid, network, timeout, unavailable",
    record = "id proxyApiKey snapshotManagerPassword snapshotManagerUsername"
      .. " sshGatewayApiKey",
    fields = {
      { "name", "string" }, { "otelEndpoint", "string|os2.null" },
      { "proxyUrl", "string|os2.null" }, { "snapshotManagerUrl", "string|os2.null" },
      { "sshGatewayUrl", "string|os2.null" },
    },
  },
  delete_region = {
    tag = "organizations",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" },
    },
  },
  get_region_by_id = {
    tag = "organizations",
    returns = "daytona.Region",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt id name organizationId otelEndpoint proxyUrl regionType"
      .. " snapshotManagerUrl sshGatewayUrl updatedAt",
    fields = {
      { "id", "string" },
    },
  },
  update_region = {
    tag = "organizations",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "otelEndpoint", "string|os2.null" }, { "proxyUrl", "string|os2.null" },
      { "snapshotManagerUrl", "string|os2.null" }, { "sshGatewayUrl", "string|os2.null" },
    },
  },
  regenerate_proxy_api_key = {
    tag = "organizations",
    returns = "daytona.RegenerateApiKeyResponse",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "apiKey",
    fields = {
      { "id", "string" },
    },
  },
  regenerate_snapshot_manager_credentials = {
    tag = "organizations",
    returns = "daytona.SnapshotManagerCredentials",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "password username",
    fields = {
      { "id", "string" },
    },
  },
  regenerate_ssh_gateway_api_key = {
    tag = "organizations",
    returns = "daytona.RegenerateApiKeyResponse",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "apiKey",
    fields = {
      { "id", "string" },
    },
  },
  has_sandbox_access = {
    tag = "preview",
    returns = "boolean",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sandboxId", "string" },
    },
  },
  is_preview_warning_enabled = {
    tag = "preview",
    returns = "daytona.PreviewWarning",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "enabled",
    fields = {
      { "sandboxId", "string" }, { "port", "number" },
    },
  },
  is_sandbox_public = {
    tag = "preview",
    returns = "boolean",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sandboxId", "string" },
    },
  },
  is_valid_auth_token = {
    tag = "preview",
    returns = "boolean",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sandboxId", "string" }, { "authToken", "string" },
    },
  },
  get_sandbox_id_from_signed_preview_url_token = {
    tag = "preview",
    returns = "string",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "signedPreviewToken", "string" }, { "port", "number" },
    },
  },
  list_shared_regions = {
    tag = "regions",
    returns = "daytona.Region[]",
    errors = "denied, network, timeout, unavailable",
    record = "createdAt id name organizationId otelEndpoint proxyUrl regionType"
      .. " snapshotManagerUrl sshGatewayUrl updatedAt",
  },
  list_sandboxes = {
    tag = "sandbox",
    returns = "daytona.ListSandboxesResponse",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupState cpu createdAt daemonVersion desiredState disk"
      .. " domainAllowList errorReason gpu gpuType id labels lastActivityAt memory name"
      .. " networkAllowList networkBlockAll organizationId public queueTimedOutAt"
      .. " queueTimeout recoverable runnerId sandboxClass snapshot spot spotEvictedAt"
      .. " state target toolboxProxyUrl updatedAt user warmPoolId",
    fields = {
      { "cursor", "string" }, { "limit", "number" }, { "id", "string" }, { "name", "string" },
      { "labels", "string|table" }, { "includeErroredDeleted", "boolean" },
      { "includeWarm", "boolean" },
      { "states", "(\"creating\"|\"restoring\"|\"destroyed\"|\"destroying\"|\"started\"|\"stopped\"|\"starting\"|\"stopping\"|\"error\"|\"build_failed\"|\"pending_build\"|\"building_snapshot\"|\"unknown\"|\"pulling_snapshot\"|\"archived\"|\"archiving\"|\"resizing\"|\"snapshotting\"|\"forking\"|\"pausing\"|\"paused\"|\"resuming\")[]" },
      { "snapshots", "string[]" }, { "regionIds", "string[]" },
      { "sandboxClasses", "(\"linux-vm\"|\"container\"|\"android\"|\"windows\")[]" },
      { "minCpu", "number", "CPU cores" }, { "maxCpu", "number", "CPU cores" },
      { "minMemoryGiB", "number", "GiB" }, { "maxMemoryGiB", "number", "GiB" },
      { "minDiskGiB", "number", "GiB" }, { "maxDiskGiB", "number", "GiB" },
      { "isPublic", "boolean" }, { "isRecoverable", "boolean" },
      { "createdAtAfter", "string", "ISO 8601" }, { "createdAtBefore", "string", "ISO 8601" },
      { "lastEventAfter", "string", "ISO 8601" }, { "lastEventBefore", "string", "ISO 8601" },
      { "autoDestroyAtAfter", "string", "ISO 8601" },
      { "autoDestroyAtBefore", "string", "ISO 8601" },
      { "sort", "\"name\"|\"cpu\"|\"memoryGib\"|\"diskGib\"|\"lastActivityAt\"|\"createdAt\"" },
      { "order", "\"asc\"|\"desc\"" }, { "minGpu", "number" }, { "maxGpu", "number" },
    },
  },
  create_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, quota, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "autoArchiveInterval", "integer", "minutes" },
      { "autoDeleteInterval", "integer", "minutes" }, { "autoPauseInterval", "integer", "minutes" },
      { "autoStopInterval", "integer", "minutes" },
      { "buildInfo", "{contextHashes?: string[], dockerfileContent: string}" },
      { "cpu", "integer", "CPU cores" }, { "disk", "integer", "GB" },
      { "domainAllowList", "string" }, { "env", "table<string, string>" }, { "gpu", "integer" },
      { "gpuType", "(\"H100\"|\"H200\"|\"B300\"|\"RTX-PRO-6000\"|\"RTX-4090\"|\"RTX-5090\"|\"MI355X\")[]" },
      { "kvm", "boolean" }, { "labels", "table<string, string>" }, { "linkedSandbox", "string" },
      { "memory", "integer", "GB" }, { "name", "string" }, { "networkAllowList", "string" },
      { "networkBlockAll", "boolean" }, { "otelEndpointOverride", "string" },
      { "outboundProxyUrl", "string" }, { "public", "boolean" },
      { "queueTimeout", "number", "minutes" }, { "secrets", "table<string, string>[]" },
      { "snapshot", "string" }, { "spot", "boolean" }, { "target", "string" },
      { "ttlMinutes", "integer", "minutes" }, { "user", "string" },
      { "volumes", "{mountPath: string, subpath?: string, volumeId: string}[]" },
    },
  },
  delete_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" },
    },
  },
  get_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "verbose", "boolean" },
    },
  },
  get_sandbox_ancestors = {
    tag = "sandbox",
    returns = "daytona.Sandbox[]",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" },
    },
  },
  archive_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" },
    },
  },
  set_auto_archive_interval = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "interval", "number", "minutes" },
    },
  },
  set_auto_delete_interval = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "interval", "number", "minutes" },
    },
  },
  set_auto_pause_interval = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "interval", "number", "minutes" },
    },
  },
  set_autostop_interval = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "interval", "number", "minutes" },
    },
  },
  create_backup = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    is_deprecated = true,
    fields = {
      { "sandboxIdOrName", "string" },
    },
  },
  get_build_logs = {
    tag = "sandbox",
    returns = "string",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    is_deprecated = true,
    fields = {
      { "sandboxIdOrName", "string" }, { "follow", "boolean" },
    },
  },
  get_build_logs_url = {
    tag = "sandbox",
    returns = "daytona.Url",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "url",
    fields = {
      { "sandboxIdOrName", "string" },
    },
  },
  fork_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, quota, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "name", "string" },
    },
  },
  get_sandbox_forks = {
    tag = "sandbox",
    returns = "daytona.Sandbox[]",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "includeDestroyed", "boolean" },
    },
  },
  replace_labels = {
    tag = "sandbox",
    returns = "daytona.SandboxLabels",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "labels",
    fields = {
      { "sandboxIdOrName", "string" }, { "labels", "table<string, string>" },
    },
  },
  update_network_settings = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "domainAllowList", "string" },
      { "networkAllowList", "string" }, { "networkBlockAll", "boolean" },
    },
  },
  get_sandbox_parent = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" },
    },
  },
  pause_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" },
    },
  },
  get_port_preview_url = {
    tag = "sandbox",
    returns = "daytona.PortPreviewUrl",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "sandboxId token url",
    fields = {
      { "sandboxIdOrName", "string" }, { "port", "number" },
    },
  },
  get_signed_port_preview_url = {
    tag = "sandbox",
    returns = "daytona.SignedPortPreviewUrl",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "port sandboxId token url",
    fields = {
      { "sandboxIdOrName", "string" }, { "port", "integer" },
      { "expiresInSeconds", "integer", "seconds" },
    },
  },
  expire_signed_port_preview_url = {
    tag = "sandbox",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sandboxIdOrName", "string" }, { "port", "integer" }, { "token", "string" },
    },
  },
  update_public_status = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "isPublic", "boolean" },
    },
  },
  recover_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "skipStart", "boolean" },
    },
  },
  resize_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, quota, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "cpu", "integer", "CPU cores" },
      { "disk", "integer", "GB" }, { "memory", "integer", "GB" },
    },
  },
  update_sandbox_secrets = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "secrets", "table<string, string>[]" },
    },
  },
  create_sandbox_snapshot = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, exists, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "includeMemory", "boolean" }, { "name", "string" },
    },
  },
  revoke_ssh_access = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "token", "string" },
    },
  },
  create_ssh_access = {
    tag = "sandbox",
    returns = "daytona.SshAccessDto",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt expiresAt id sandboxId sshCommand token updatedAt",
    fields = {
      { "sandboxIdOrName", "string" }, { "expiresInMinutes", "number", "minutes" },
    },
  },
  start_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, quota, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" },
    },
  },
  stop_sandbox = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "force", "boolean" },
    },
  },
  set_ttl = {
    tag = "sandbox",
    returns = "daytona.Sandbox",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "autoArchiveInterval autoDeleteInterval autoDestroyAt autoPauseInterval"
      .. " autoStopInterval backupCreatedAt backupState buildInfo cpu createdAt"
      .. " daemonVersion desiredState disk domainAllowList env errorReason gpu gpuType"
      .. " id kvm labels lastActivityAt linkedSandboxId memory name networkAllowList"
      .. " networkBlockAll organizationId otelEndpointOverride outboundProxyUrl public"
      .. " queueTimedOutAt queueTimeout recoverable runnerId sandboxClass snapshot spot"
      .. " spotEvictedAt state target toolboxProxyUrl updatedAt user volumes warmPoolId",
    fields = {
      { "sandboxIdOrName", "string" }, { "ttlMinutes", "number", "minutes" },
    },
  },
  update_last_activity = {
    tag = "sandbox",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sandboxId", "string" }, { "activityType", "string" },
    },
  },
  get_sandbox_signing_key = {
    tag = "sandbox",
    returns = "string",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sandboxId", "string" },
    },
  },
  rotate_signing_key = {
    tag = "sandbox",
    returns = "string",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "sandboxId", "string" },
    },
  },
  get_sandbox_logs = {
    tag = "sandbox",
    returns = "daytona.PaginatedLogs",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "body logAttributes resourceAttributes serviceName severityNumber severityText"
      .. " spanId timestamp traceId",
    fields = {
      { "sandboxId", "string" }, { "from", "string", "ISO 8601" }, { "to", "string", "ISO 8601" },
      { "page", "number" }, { "limit", "number" }, { "severities", "string[]" },
      { "search", "string" },
    },
  },
  get_sandbox_metrics = {
    tag = "sandbox",
    returns = "daytona.MetricsResponse",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "series",
    fields = {
      { "sandboxId", "string" }, { "from", "string", "ISO 8601" }, { "to", "string", "ISO 8601" },
      { "metricNames", "string[]" },
    },
  },
  get_sandbox_traces = {
    tag = "sandbox",
    returns = "daytona.PaginatedTraces",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "durationMs endTime rootSpanName spanCount startTime statusCode traceId",
    fields = {
      { "sandboxId", "string" }, { "from", "string", "ISO 8601" }, { "to", "string", "ISO 8601" },
      { "page", "number" }, { "limit", "number" },
    },
  },
  get_sandbox_trace_spans = {
    tag = "sandbox",
    returns = "daytona.TraceSpan[]",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "durationNs parentSpanId spanAttributes spanId spanName statusCode"
      .. " statusMessage timestamp traceId",
    fields = {
      { "sandboxId", "string" }, { "traceId", "string" },
    },
  },
  get_toolbox_proxy_url = {
    tag = "sandbox",
    returns = "daytona.ToolboxProxyUrl",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "url",
    fields = {
      { "sandboxId", "string" },
    },
  },
  list_secrets = {
    tag = "secret",
    returns = "daytona.Secret[]",
    errors = "denied, network, timeout, unavailable",
    record = "createdAt description hosts id name placeholder updatedAt",
    is_deprecated = true,
  },
  create_secret = {
    tag = "secret",
    returns = "daytona.Secret",
    errors = "denied, exists, invalid, network, timeout, unavailable",
    record = "createdAt description hosts id name placeholder updatedAt",
    fields = {
      { "description", "string" }, { "hosts", "string[]" }, { "name", "string" },
      { "value", "string" },
    },
  },
  list_secrets_paginated = {
    tag = "secret",
    returns = "daytona.ListSecretsResponse",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "createdAt description hosts id name placeholder updatedAt",
    fields = {
      { "cursor", "string" }, { "limit", "number" }, { "name", "string" },
      { "sort", "\"name\"|\"createdAt\"|\"updatedAt\"" }, { "order", "\"asc\"|\"desc\"" },
    },
  },
  delete_secret = {
    tag = "secret",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "secretId", "string" },
    },
  },
  get_secret = {
    tag = "secret",
    returns = "daytona.Secret",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt description hosts id name placeholder updatedAt",
    fields = {
      { "secretId", "string" },
    },
  },
  update_secret = {
    tag = "secret",
    returns = "daytona.Secret",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt description hosts id name placeholder updatedAt",
    fields = {
      { "secretId", "string" }, { "description", "string" }, { "hosts", "string[]" },
      { "value", "string" },
    },
  },
  get_all_snapshots = {
    tag = "snapshots",
    returns = "daytona.PaginatedSnapshots",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "buildInfo cpu createdAt disk entrypoint errorReason general gpu gpuType id"
      .. " imageName initialRunnerId lastUsedAt mem name organizationId ref regionIds"
      .. " sandboxClass size sourceSandboxId state updatedAt",
    fields = {
      { "page", "number" }, { "limit", "number" }, { "name", "string" },
      { "sourceSandboxId", "string" },
      { "sort", "\"name\"|\"state\"|\"lastUsedAt\"|\"createdAt\"" },
      { "order", "\"asc\"|\"desc\"" },
    },
  },
  create_snapshot = {
    tag = "snapshots",
    returns = "daytona.SnapshotDto",
    errors = "denied, exists, invalid, network, quota, timeout, unavailable",
    record = "buildInfo cpu createdAt disk entrypoint errorReason general gpu gpuType id"
      .. " imageName initialRunnerId lastUsedAt mem name organizationId ref regionIds"
      .. " sandboxClass size sourceSandboxId state updatedAt",
    fields = {
      { "buildInfo", "{contextHashes?: string[], dockerfileContent: string}" },
      { "cpu", "integer", "CPU cores" }, { "disk", "integer", "GB" }, { "entrypoint", "string[]" },
      { "gpu", "integer" },
      { "gpuType", "(\"H100\"|\"H200\"|\"B300\"|\"RTX-PRO-6000\"|\"RTX-4090\"|\"RTX-5090\"|\"MI355X\")[]" },
      { "imageName", "string" }, { "memory", "integer", "GB" }, { "name", "string" },
      { "regionId", "string" },
      { "sandboxClass", "\"linux-vm\"|\"container\"|\"android\"|\"windows\"" },
    },
  },
  remove_snapshot = {
    tag = "snapshots",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" },
    },
  },
  activate_snapshot = {
    tag = "snapshots",
    returns = "daytona.SnapshotDto",
    errors = "denied, invalid, network, not_found, quota, timeout, unavailable",
    record = "buildInfo cpu createdAt disk entrypoint errorReason general gpu gpuType id"
      .. " imageName initialRunnerId lastUsedAt mem name organizationId ref regionIds"
      .. " sandboxClass size sourceSandboxId state updatedAt",
    fields = {
      { "id", "string" },
    },
  },
  get_snapshot_build_logs_url = {
    tag = "snapshots",
    returns = "daytona.Url",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "url",
    fields = {
      { "id", "string" },
    },
  },
  deactivate_snapshot = {
    tag = "snapshots",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" },
    },
  },
  get_snapshot = {
    tag = "snapshots",
    returns = "daytona.SnapshotDto",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "buildInfo cpu createdAt disk entrypoint errorReason general gpu gpuType id"
      .. " imageName initialRunnerId lastUsedAt mem name organizationId ref regionIds"
      .. " sandboxClass size sourceSandboxId state updatedAt",
    fields = {
      { "id", "string" },
    },
  },
  get_snapshot_build_logs = {
    tag = "snapshots",
    returns = "string",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    is_deprecated = true,
    fields = {
      { "id", "string" }, { "follow", "boolean" },
    },
  },
  list_volumes = {
    tag = "volumes",
    returns = "daytona.VolumeDto[]",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "createdAt errorReason id lastUsedAt name organizationId state updatedAt",
    fields = {
      { "includeDeleted", "boolean" },
    },
  },
  create_volume = {
    tag = "volumes",
    returns = "daytona.VolumeDto",
    errors = "denied, exists, invalid, network, quota, timeout, unavailable",
    record = "createdAt errorReason id lastUsedAt name organizationId state updatedAt",
    fields = {
      { "name", "string" },
    },
  },
  get_volume_by_name = {
    tag = "volumes",
    returns = "daytona.VolumeDto",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt errorReason id lastUsedAt name organizationId state updatedAt",
    fields = {
      { "name", "string" },
    },
  },
  delete_volume = {
    tag = "volumes",
    returns = "any",
    errors = "conflict, denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "volumeId", "string" },
    },
  },
  get_volume = {
    tag = "volumes",
    returns = "daytona.VolumeDto",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt errorReason id lastUsedAt name organizationId state updatedAt",
    fields = {
      { "volumeId", "string" },
    },
  },
  list_warm_pools = {
    tag = "warm-pools",
    returns = "daytona.WarmPool[]",
    errors = "denied, network, timeout, unavailable",
    record = "cpu createdAt currentSize disk env errorReason id mem organizationId osUser"
      .. " pool snapshot target updatedAt",
  },
  create_warm_pool = {
    tag = "warm-pools",
    returns = "daytona.WarmPool",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "cpu createdAt currentSize disk env errorReason id mem organizationId osUser"
      .. " pool snapshot target updatedAt",
    fields = {
      { "pool", "number" }, { "snapshot", "string" }, { "target", "string" },
    },
  },
  delete_warm_pool = {
    tag = "warm-pools",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" },
    },
  },
  update_warm_pool = {
    tag = "warm-pools",
    returns = "daytona.WarmPool",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "cpu createdAt currentSize disk env errorReason id mem organizationId osUser"
      .. " pool snapshot target updatedAt",
    fields = {
      { "id", "string" }, { "pool", "number" },
    },
  },
  webhook_controller_get_app_portal_access = {
    tag = "webhooks",
    returns = "daytona.WebhookAppPortalAccess",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "token url",
    fields = {
      { "organizationId", "string" },
    },
  },
  webhook_controller_get_initialization_status = {
    tag = "webhooks",
    returns = "daytona.WebhookInitializationStatus",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt lastError organizationId retryCount svixApplicationId updatedAt",
    fields = {
      { "organizationId", "string" },
    },
  },
  webhook_controller_initialize_webhooks = {
    tag = "webhooks",
    returns = "daytona.WebhookInitializationStatus",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "createdAt lastError organizationId retryCount svixApplicationId updatedAt",
    fields = {
      { "organizationId", "string" },
    },
  },
  webhook_controller_refresh_endpoints = {
    tag = "webhooks",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "organizationId", "string" },
    },
  },
}
