---@meta
--- Editor stubs of the Daytona API; made by tools/rows.lua, not by hand.

---@class daytona.Announcement
---@field learnMoreUrl? string
---@field text string

---@class daytona.ApiKeyList
---@field createdAt string  ISO 8601
---@field expiresAt? string  ISO 8601
---@field lastUsedAt? string  ISO 8601
---@field name string
---@field organizationId? string
---@field permissions ("write:registries"|"delete:registries"|"write:snapshots"|"delete:snapshots"|"write:sandboxes"|"delete:sandboxes"|"read:volumes"|"write:volumes"|"delete:volumes"|"write:regions"|"delete:regions"|"read:runners"|"write:runners"|"delete:runners"|"read:audit_logs"|"manage:api_keys"|"manage:secrets"|"read:limits"|"manage:sso"|"read:billing"|"manage:billing")[]
---@field userId string
---@field value string

---@class daytona.ApiKeyResponse
---@field createdAt string  ISO 8601
---@field expiresAt? string  ISO 8601
---@field name string
---@field permissions ("write:registries"|"delete:registries"|"write:snapshots"|"delete:snapshots"|"write:sandboxes"|"delete:sandboxes"|"read:volumes"|"write:volumes"|"delete:volumes"|"write:regions"|"delete:regions"|"read:runners"|"write:runners"|"delete:runners"|"read:audit_logs"|"manage:api_keys"|"manage:secrets"|"read:limits"|"manage:sso"|"read:billing"|"manage:billing")[]
---@field value string

---@class daytona.AuditLog
---@field action string
---@field actorApiKeyPrefix? string
---@field actorApiKeySuffix? string
---@field actorEmail string
---@field actorId string
---@field createdAt string  ISO 8601
---@field errorMessage? string
---@field id string
---@field ipAddress? string
---@field metadata? table
---@field organizationId? string
---@field source? string
---@field statusCode? number
---@field targetId? string
---@field targetType? string
---@field userAgent? string

---@class daytona.AuditScenarios
---@field targets daytona.AuditTargetScenario[]

---@class daytona.AuditTargetScenario
---@field actions string[]
---@field targetType "api_key"|"organization"|"organization_invitation"|"organization_role"|"organization_user"|"docker_registry"|"runner"|"sandbox"|"snapshot"|"user"|"volume"|"warm_pool"|"region"|"secret"|"other"|"identity_provider"

---@class daytona.AvailableSandboxClass
---@field allowedGpuTypes? daytona.GpuType[]
---@field gpuAvailable boolean
---@field regionId string
---@field sandboxClass daytona.SandboxClass

---@class daytona.BuildInfo
---@field contextHashes? string[]
---@field createdAt string  ISO 8601
---@field dockerfileContent? string
---@field snapshotRef string
---@field updatedAt string  ISO 8601

---@class daytona.CliOidcConfig
---@field clientId string
---@field issuer string

---@class daytona.CreateApiKey
---@field expiresAt? string  ISO 8601
---@field name string
---@field permissions ("write:registries"|"delete:registries"|"write:snapshots"|"delete:snapshots"|"write:sandboxes"|"delete:sandboxes"|"read:volumes"|"write:volumes"|"delete:volumes"|"write:regions"|"delete:regions"|"read:runners"|"write:runners"|"delete:runners"|"read:audit_logs"|"manage:api_keys"|"manage:secrets"|"read:limits"|"manage:sso"|"read:billing"|"manage:billing")[]

---@class daytona.CreateBuildInfo
---@field contextHashes? string[]
---@field dockerfileContent string

---@class daytona.CreateDockerRegistry
---@field name string
---@field password string
---@field project? string
---@field url string
---@field username string

---@class daytona.CreateRegion
---@field name string
---@field otelEndpoint? string
---@field proxyUrl? string
---@field snapshotManagerUrl? string
---@field sshGatewayUrl? string

---@class daytona.CreateRegionResponse
---@field id string
---@field proxyApiKey? string
---@field snapshotManagerPassword? string
---@field snapshotManagerUsername? string
---@field sshGatewayApiKey? string

---@class daytona.CreateSandbox
---@field autoArchiveInterval? integer  minutes
---@field autoDeleteInterval? integer  minutes
---@field autoPauseInterval? integer  minutes
---@field autoStopInterval? integer  minutes
---@field buildInfo? daytona.CreateBuildInfo
---@field cpu? integer  CPU cores
---@field disk? integer  GB
---@field domainAllowList? string
---@field env? table<string, string>
---@field gpu? integer
---@field gpuType? daytona.GpuType[]
---@field kvm? boolean
---@field labels? table<string, string>
---@field linkedSandbox? string
---@field memory? integer  GB
---@field name? string
---@field networkAllowList? string
---@field networkBlockAll? boolean
---@field otelEndpointOverride? string
---@field outboundProxyUrl? string
---@field public? boolean
---@field queueTimeout? number  minutes
---@field secrets? table<string, string>[]
---@field snapshot? string
---@field spot? boolean
---@field target? string
---@field ttlMinutes? integer  minutes
---@field user? string
---@field volumes? daytona.SandboxVolume[]

---@class daytona.CreateSandboxSnapshot
---@field includeMemory? boolean
---@field name string

---@class daytona.CreateSecret
---@field description? string
---@field hosts? string[]
---@field name string
---@field value string

---@class daytona.CreateSnapshot
---@field buildInfo? daytona.CreateBuildInfo
---@field cpu? integer  CPU cores
---@field disk? integer  GB
---@field entrypoint? string[]
---@field gpu? integer
---@field gpuType? daytona.GpuType[]
---@field imageName? string
---@field memory? integer  GB
---@field name string
---@field regionId? string
---@field sandboxClass? daytona.SandboxClass

---@class daytona.CreateVolume
---@field name string

---@class daytona.CreateWarmPool
---@field pool number
---@field snapshot string
---@field target? string

---@class daytona.DateFilter
---@field gt? string  ISO 8601
---@field gte? string  ISO 8601
---@field lt? string  ISO 8601
---@field lte? string  ISO 8601

---@class daytona.DaytonaConfiguration
---@field analyticsApiUrl? string
---@field announcements table<string, daytona.Announcement>
---@field billingApiUrl? string
---@field buildSha? string
---@field dashboardUrl string
---@field defaultSnapshot string
---@field environment string
---@field forcedFeatureFlags? string[]
---@field linkedAccountsEnabled boolean
---@field maintananceMode boolean
---@field maxAutoArchiveInterval number
---@field oidc daytona.OidcConfig
---@field posthog? daytona.PosthogConfig
---@field proxyTemplateUrl string
---@field proxyToolboxUrl string
---@field pylonAppId? string
---@field rateLimit? daytona.RateLimitConfig
---@field sshGatewayCommand? string
---@field sshGatewayHost? string
---@field sshGatewayHostKeyFingerprints? string[]
---@field sshGatewayHostKeys? string[]
---@field sshGatewayPort? number
---@field sshGatewayPublicKey? string
---@field ssoOidc? daytona.SsoOidcConfig
---@field stripePublishableKey? string
---@field version string

---@class daytona.DockerRegistry
---@field createdAt string  ISO 8601
---@field id string
---@field name string
---@field project string
---@field registryType "internal"|"organization"|"transient"|"backup"
---@field updatedAt string  ISO 8601
---@field url string
---@field username string

---@class daytona.ForkSandbox
---@field name? string

---@class daytona.GpuCapacity
---@field availableOnDemand number
---@field availableSpot number
---@field gpuType daytona.GpuType

---@class daytona.GpuCapacityResponse
---@field capacity daytona.GpuCapacity[]
---@field observedAt string  ISO 8601

---@alias daytona.GpuType "H100"|"H200"|"B300"|"RTX-PRO-6000"|"RTX-4090"|"RTX-5090"|"MI355X"

---@class daytona.IntFilter
---@field eq? number
---@field gt? number
---@field gte? number
---@field in? number[]
---@field lt? number
---@field lte? number
---@field not? number
---@field notIn? number[]

---@class daytona.ListSandboxesResponse
---@field items daytona.SandboxListItem[]
---@field nextCursor? string

---@class daytona.ListSecretsResponse
---@field items daytona.Secret[]
---@field nextCursor? string
---@field total number

---@class daytona.LogEntry
---@field body string
---@field logAttributes table<string, string>
---@field resourceAttributes table<string, string>
---@field serviceName string
---@field severityNumber? number
---@field severityText string
---@field spanId? string
---@field timestamp string
---@field traceId? string

---@class daytona.MetricDataPoint
---@field timestamp string
---@field value number

---@class daytona.MetricSeries
---@field dataPoints daytona.MetricDataPoint[]
---@field metricName string

---@class daytona.MetricsResponse
---@field series daytona.MetricSeries[]

---@class daytona.OidcConfig
---@field audience string
---@field authApiHostname? string
---@field cli? daytona.CliOidcConfig
---@field clientId string
---@field issuer string
---@field provider "auth0"|"workos"

---@class daytona.Organization
---@field authenticatedRateLimit? number
---@field authenticatedRateLimitTtlSeconds? number
---@field createdAt string  ISO 8601
---@field createdBy string
---@field defaultQueueTimeout? number  minutes
---@field defaultRegionId? string
---@field directorySyncStatus? "active"|"inactive"|"deleted"
---@field directorySyncStatusChangedAt? string  ISO 8601
---@field directorySyncTokenRevokedAt? string  ISO 8601
---@field experimentalConfig table
---@field id string
---@field maxCpuPerSandbox number
---@field maxDiskPerSandbox number
---@field maxMemoryPerSandbox number
---@field maxSecretsPerSandbox number
---@field name string
---@field otelConfig? daytona.OtelConfig
---@field personal boolean
---@field previewWarningEnabled boolean
---@field sandboxCreateRateLimit? number
---@field sandboxCreateRateLimitTtlSeconds? number
---@field sandboxLifecycleRateLimit? number
---@field sandboxLifecycleRateLimitTtlSeconds? number
---@field sandboxLimitedNetworkEgress boolean
---@field scimEnabled boolean
---@field secretQuota number
---@field snapshotDeactivationTimeoutMinutes number
---@field ssoEnabled boolean
---@field suspended boolean
---@field suspendedAt string  ISO 8601
---@field suspendedUntil string  ISO 8601
---@field suspensionCleanupGracePeriodHours number
---@field suspensionReason string
---@field updatedAt string  ISO 8601
---@field workosOrgId? string

---@class daytona.OrganizationUsageOverview
---@field currentSnapshotUsage number
---@field currentVolumeUsage number
---@field regionUsage daytona.RegionUsageOverview[]
---@field totalSnapshotQuota number
---@field totalVolumeQuota number

---@class daytona.OtelConfig
---@field endpoint string
---@field headers? table<string, string>
---@field organizationId? string

---@class daytona.PaginatedAuditLogs
---@field items daytona.AuditLog[]
---@field nextToken? string
---@field page number
---@field total number
---@field totalPages number

---@class daytona.PaginatedLogs
---@field items daytona.LogEntry[]
---@field page number
---@field total number
---@field totalPages number

---@class daytona.PaginatedSnapshots
---@field items daytona.SnapshotDto[]
---@field page number
---@field total number
---@field totalPages number

---@class daytona.PaginatedTraces
---@field items daytona.TraceSummary[]
---@field page number
---@field total number
---@field totalPages number

---@class daytona.PortPreviewUrl
---@field sandboxId string
---@field token string
---@field url string

---@class daytona.PosthogConfig
---@field apiKey string
---@field host string

---@class daytona.PreviewWarning
---@field enabled boolean

---@class daytona.RateLimitConfig
---@field authenticated? daytona.RateLimitEntry
---@field failedAuth? daytona.RateLimitEntry
---@field sandboxCreate? daytona.RateLimitEntry
---@field sandboxLifecycle? daytona.RateLimitEntry
---@field sandboxList? daytona.RateLimitEntry

---@class daytona.RateLimitEntry
---@field limit? number
---@field ttl? number

---@class daytona.RegenerateApiKeyResponse
---@field apiKey string

---@class daytona.Region
---@field createdAt string
---@field id string
---@field name string
---@field organizationId? string
---@field otelEndpoint? string
---@field proxyUrl? string
---@field regionType daytona.RegionType
---@field snapshotManagerUrl? string
---@field sshGatewayUrl? string
---@field updatedAt string

---@alias daytona.RegionType "shared"|"dedicated"|"custom"

---@class daytona.RegionUsageOverview
---@field allowedGpuTypes? daytona.GpuType[]
---@field currentCpuUsage number
---@field currentDiskUsage number
---@field currentGpuUsage number
---@field currentMemoryUsage number
---@field maxCpuPerGpu? number
---@field maxCpuPerSandbox? number
---@field maxDiskPerGpu? number
---@field maxDiskPerNonEphemeralSandbox? number
---@field maxDiskPerSandbox? number
---@field maxMemoryPerGpu? number
---@field maxMemoryPerSandbox? number
---@field regionId string
---@field sandboxClass daytona.SandboxClass
---@field totalCpuQuota number
---@field totalDiskQuota number
---@field totalGpuQuota number
---@field totalMemoryQuota number

---@class daytona.RegistryPushAccessDto
---@field expiresAt string
---@field project string
---@field registryId string
---@field registryUrl string
---@field secret string
---@field username string

---@class daytona.ResizeSandbox
---@field cpu? integer  CPU cores
---@field disk? integer  GB
---@field memory? integer  GB

---@class daytona.Sandbox
---@field autoArchiveInterval? number  minutes
---@field autoDeleteInterval? number  minutes
---@field autoDestroyAt? string
---@field autoPauseInterval? number  minutes
---@field autoStopInterval? number  minutes
---@field backupCreatedAt? string
---@field backupState? "None"|"Pending"|"InProgress"|"Completed"|"Error"
---@field buildInfo? daytona.BuildInfo
---@field cpu number  CPU cores
---@field createdAt? string
---@field daemonVersion? string
---@field desiredState? daytona.SandboxDesiredState
---@field disk number  GB
---@field domainAllowList? string
---@field env table<string, string>
---@field errorReason? string
---@field gpu number
---@field gpuType? daytona.GpuType
---@field id string
---@field kvm boolean
---@field labels table<string, string>
---@field lastActivityAt? string
---@field linkedSandboxId? string
---@field memory number  GB
---@field name string
---@field networkAllowList? string
---@field networkBlockAll boolean
---@field organizationId string
---@field otelEndpointOverride? string
---@field outboundProxyUrl? string
---@field public boolean
---@field queueTimedOutAt? string
---@field queueTimeout? number  minutes
---@field recoverable? boolean
---@field runnerId? string
---@field sandboxClass? "linux-vm"|"container"|"android"|"windows"
---@field snapshot? string
---@field spot? boolean
---@field spotEvictedAt? string
---@field state? daytona.SandboxState
---@field target string
---@field toolboxProxyUrl string
---@field updatedAt? string
---@field user string
---@field volumes? daytona.SandboxVolume[]
---@field warmPoolId? string

---@alias daytona.SandboxClass "linux-vm"|"container"|"android"|"windows"

---@alias daytona.SandboxDesiredState "destroyed"|"started"|"stopped"|"resized"|"archived"|"paused"

---@class daytona.SandboxLabels
---@field labels table<string, string>

---@class daytona.SandboxListItem
---@field autoArchiveInterval? number  minutes
---@field autoDeleteInterval? number  minutes
---@field autoDestroyAt? string
---@field autoPauseInterval? number  minutes
---@field autoStopInterval? number  minutes
---@field backupState? "None"|"Pending"|"InProgress"|"Completed"|"Error"
---@field cpu number  CPU cores
---@field createdAt? string
---@field daemonVersion? string
---@field desiredState? daytona.SandboxDesiredState
---@field disk number  GB
---@field domainAllowList? string
---@field errorReason? string
---@field gpu number
---@field gpuType? daytona.GpuType
---@field id string
---@field labels table<string, string>
---@field lastActivityAt? string
---@field memory number  GB
---@field name string
---@field networkAllowList? string
---@field networkBlockAll boolean
---@field organizationId string
---@field public boolean
---@field queueTimedOutAt? string
---@field queueTimeout? number  minutes
---@field recoverable? boolean
---@field runnerId? string
---@field sandboxClass? daytona.SandboxClass
---@field snapshot? string
---@field spot? boolean
---@field spotEvictedAt? string
---@field state? daytona.SandboxState
---@field target string
---@field toolboxProxyUrl string
---@field updatedAt? string
---@field user string
---@field warmPoolId? string

---@alias daytona.SandboxListSortDirection "asc"|"desc"

---@alias daytona.SandboxListSortField "name"|"cpu"|"memoryGib"|"diskGib"|"lastActivityAt"|"createdAt"

---@alias daytona.SandboxState "creating"|"restoring"|"destroyed"|"destroying"|"started"|"stopped"|"starting"|"stopping"|"error"|"build_failed"|"pending_build"|"building_snapshot"|"unknown"|"pulling_snapshot"|"archived"|"archiving"|"resizing"|"snapshotting"|"forking"|"pausing"|"paused"|"resuming"

---@class daytona.SandboxVolume
---@field mountPath string
---@field subpath? string
---@field volumeId string

---@class daytona.Secret
---@field createdAt string  ISO 8601
---@field description? string
---@field hosts string[]
---@field id string
---@field name string
---@field placeholder string
---@field updatedAt string  ISO 8601

---@class daytona.SignedPortPreviewUrl
---@field port integer
---@field sandboxId string
---@field token string
---@field url string

---@class daytona.SnapshotDto
---@field buildInfo? daytona.BuildInfo
---@field cpu number  CPU cores
---@field createdAt string  ISO 8601
---@field disk number  GB
---@field entrypoint? string[]
---@field errorReason? string
---@field general boolean
---@field gpu number
---@field gpuType? daytona.GpuType
---@field id string
---@field imageName? string
---@field initialRunnerId? string
---@field lastUsedAt? string  ISO 8601
---@field mem number  GB
---@field name string
---@field organizationId? string
---@field ref? string
---@field regionIds? string[]
---@field sandboxClass? "linux-vm"|"container"|"android"|"windows"
---@field size? number  GB
---@field sourceSandboxId? string
---@field state daytona.SnapshotState
---@field updatedAt string  ISO 8601

---@class daytona.SnapshotManagerCredentials
---@field password string
---@field username string

---@alias daytona.SnapshotState "building"|"pending"|"pulling"|"snapshotting"|"active"|"inactive"|"error"|"build_failed"|"removing"

---@class daytona.SshAccessDto
---@field createdAt string  ISO 8601
---@field expiresAt string  ISO 8601
---@field id string
---@field sandboxId string
---@field sshCommand string
---@field token string
---@field updatedAt string  ISO 8601

---@class daytona.SsoOidcConfig
---@field clientId string
---@field issuer string

---@class daytona.StorageAccessDto
---@field accessKey string
---@field bucket string
---@field organizationId string
---@field region string
---@field secret string
---@field sessionToken string
---@field storageUrl string

---@class daytona.StringFilter
---@field eq? string
---@field in? string[]
---@field not? string
---@field notIn? string[]

---@class daytona.ToolboxProxyUrl
---@field url string

---@class daytona.TraceSpan
---@field durationNs number
---@field parentSpanId? string
---@field spanAttributes table<string, string>
---@field spanId string
---@field spanName string
---@field statusCode? string
---@field statusMessage? string
---@field timestamp string
---@field traceId string

---@class daytona.TraceSummary
---@field durationMs number
---@field endTime string
---@field rootSpanName string
---@field spanCount number
---@field startTime string
---@field statusCode? string
---@field traceId string

---@class daytona.UpdateDockerRegistry
---@field name string
---@field password? string
---@field project? string
---@field url string
---@field username string

---@class daytona.UpdateLastActivity
---@field activityType? string

---@class daytona.UpdateOrganizationDefaultQueueTimeout
---@field defaultQueueTimeout? number  minutes

---@class daytona.UpdateRegion
---@field otelEndpoint? string
---@field proxyUrl? string
---@field snapshotManagerUrl? string
---@field sshGatewayUrl? string

---@class daytona.UpdateSandboxNetworkSettings
---@field domainAllowList? string
---@field networkAllowList? string
---@field networkBlockAll? boolean

---@class daytona.UpdateSandboxSecrets
---@field secrets table<string, string>[]

---@class daytona.UpdateSecret
---@field description? string
---@field hosts? string[]
---@field value? string

---@class daytona.UpdateWarmPool
---@field pool number

---@class daytona.Url
---@field url string

---@class daytona.User
---@field createdAt string  ISO 8601
---@field email string
---@field emailVerified boolean
---@field id string
---@field name string
---@field privacyPoliciesAccepted? boolean
---@field publicKeys daytona.UserPublicKey[]
---@field pylonEmailHash? string

---@class daytona.UserPublicKey
---@field key string
---@field name string

---@class daytona.VolumeDto
---@field createdAt string
---@field errorReason? string
---@field id string
---@field lastUsedAt? string
---@field name string
---@field organizationId string
---@field state daytona.VolumeState
---@field updatedAt string

---@alias daytona.VolumeState "creating"|"ready"|"pending_create"|"pending_delete"|"deleting"|"deleted"|"error"

---@class daytona.WarmPool
---@field cpu number  CPU cores
---@field createdAt string
---@field currentSize number
---@field disk number  GB
---@field env table<string, string>
---@field errorReason? string
---@field id string
---@field mem number  GB
---@field organizationId string
---@field osUser string
---@field pool number
---@field snapshot string
---@field target string
---@field updatedAt string

---@class daytona.WebhookAppPortalAccess
---@field token string
---@field url string

---@class daytona.WebhookInitializationStatus
---@field createdAt string
---@field lastError? string
---@field organizationId string
---@field retryCount number
---@field svixApplicationId? string
---@field updatedAt string

---@class daytona.api
local daytona_api = {}

---@class daytona.each
local daytona_each = {}

--- GET /health
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), HealthController_live.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.health_controller_live(params, options) end

--- GET /api-keys/current
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getCurrentApiKey.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return daytona.ApiKeyList
---@return os2.http.response
function daytona_api.get_current_api_key(params, options) end

---@class daytona.api.get_organization_audit_logs
---@field organizationId string
---@field page? number
---@field limit? number
---@field from? string  ISO 8601
---@field to? string  ISO 8601
---@field nextToken? string
---@field id? daytona.StringFilter
---@field actorId? daytona.StringFilter
---@field actorEmail? daytona.StringFilter
---@field actorApiKeyPrefix? daytona.StringFilter
---@field actorApiKeySuffix? daytona.StringFilter
---@field action? daytona.StringFilter
---@field targetType? daytona.StringFilter
---@field targetId? daytona.StringFilter
---@field statusCode? daytona.IntFilter
---@field createdAt? daytona.DateFilter

--- GET /audit/organizations/{organizationId}
--- The key needs read:audit_logs.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getOrganizationAuditLogs.
---@param params daytona.api.get_organization_audit_logs
---@param options? os2.client.rest.call_options
---@return daytona.PaginatedAuditLogs
---@return os2.http.response
function daytona_api.get_organization_audit_logs(params, options) end

--- All items of all pages of get_organization_audit_logs.
---@param params daytona.api.get_organization_audit_logs
---@param options? os2.client.rest.call_options
---@return fun(): table?
function daytona_each.get_organization_audit_logs(params, options) end

--- GET /audit/scenarios
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getAuditScenarios.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return daytona.AuditScenarios
---@return os2.http.response
function daytona_api.get_audit_scenarios(params, options) end

--- GET /config
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), ConfigController_getConfig.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return daytona.DaytonaConfiguration
---@return os2.http.response
function daytona_api.config_controller_get_config(params, options) end

--- GET /docker-registry
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), listRegistries.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return daytona.DockerRegistry[]
---@return os2.http.response
function daytona_api.list_registries(params, options) end

---@class daytona.api.create_registry
---@field name string
---@field password string
---@field project? string
---@field url string
---@field username string

--- POST /docker-registry
--- The key needs write:registries.
--- Raises denied, exists, invalid, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createRegistry.
---@param params daytona.api.create_registry
---@param options? os2.client.rest.call_options
---@return daytona.DockerRegistry
---@return os2.http.response
function daytona_api.create_registry(params, options) end

---@class daytona.api.get_transient_push_access
---@field regionId? string

--- GET /docker-registry/registry-push-access
--- The key needs write:snapshots.
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getTransientPushAccess.
---@param params? daytona.api.get_transient_push_access
---@param options? os2.client.rest.call_options
---@return daytona.RegistryPushAccessDto
---@return os2.http.response
function daytona_api.get_transient_push_access(params, options) end

---@class daytona.api.delete_registry
---@field id string

--- DELETE /docker-registry/{id}
--- The key needs delete:registries.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), deleteRegistry.
---@param params daytona.api.delete_registry
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.delete_registry(params, options) end

---@class daytona.api.get_registry
---@field id string

--- GET /docker-registry/{id}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getRegistry.
---@param params daytona.api.get_registry
---@param options? os2.client.rest.call_options
---@return daytona.DockerRegistry
---@return os2.http.response
function daytona_api.get_registry(params, options) end

---@class daytona.api.update_registry
---@field id string
---@field name string
---@field password? string
---@field project? string
---@field url string
---@field username string

--- PATCH /docker-registry/{id}
--- The key needs write:registries.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), updateRegistry.
---@param params daytona.api.update_registry
---@param options? os2.client.rest.call_options
---@return daytona.DockerRegistry
---@return os2.http.response
function daytona_api.update_registry(params, options) end

--- GET /object-storage/push-access
--- The key needs write:snapshots.
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getPushAccess.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return daytona.StorageAccessDto
---@return os2.http.response
function daytona_api.get_push_access(params, options) end

---@class daytona.api.list_available_sandbox_classes
---@field organizationId string

--- GET /organizations/{organizationId}/available-sandbox-classes
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), listAvailableSandboxClasses.
---@param params daytona.api.list_available_sandbox_classes
---@param options? os2.client.rest.call_options
---@return daytona.AvailableSandboxClass[]
---@return os2.http.response
function daytona_api.list_available_sandbox_classes(params, options) end

---@class daytona.api.update_organization_default_queue_timeout
---@field organizationId string
---@field defaultQueueTimeout number|os2.null  minutes

--- PATCH /organizations/{organizationId}/default-queue-timeout
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), updateOrganizationDefaultQueueTimeout.
---@param params daytona.api.update_organization_default_queue_timeout
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.update_organization_default_queue_timeout(params, options) end

---@class daytona.api.get_gpu_capacity
---@field organizationId string

--- GET /organizations/{organizationId}/gpu-capacity
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getGpuCapacity.
---@param params daytona.api.get_gpu_capacity
---@param options? os2.client.rest.call_options
---@return daytona.GpuCapacityResponse
---@return os2.http.response
function daytona_api.get_gpu_capacity(params, options) end

--- GET /regions
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), listAvailableRegions.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return daytona.Region[]
---@return os2.http.response
function daytona_api.list_available_regions(params, options) end

---@class daytona.api.create_region
---@field name string
---@field otelEndpoint? string|os2.null
---@field proxyUrl? string|os2.null
---@field snapshotManagerUrl? string|os2.null
---@field sshGatewayUrl? string|os2.null

--- POST /regions
--- The key needs write:regions.
--- Raises denied, exists, invalid, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createRegion.
---@param params daytona.api.create_region
---@param options? os2.client.rest.call_options
---@return daytona.CreateRegionResponse
---@return os2.http.response
function daytona_api.create_region(params, options) end

---@class daytona.api.delete_region
---@field id string

--- DELETE /regions/{id}
--- The key needs delete:regions.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), deleteRegion.
---@param params daytona.api.delete_region
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.delete_region(params, options) end

---@class daytona.api.get_region_by_id
---@field id string

--- GET /regions/{id}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getRegionById.
---@param params daytona.api.get_region_by_id
---@param options? os2.client.rest.call_options
---@return daytona.Region
---@return os2.http.response
function daytona_api.get_region_by_id(params, options) end

---@class daytona.api.update_region
---@field id string
---@field otelEndpoint? string|os2.null
---@field proxyUrl? string|os2.null
---@field snapshotManagerUrl? string|os2.null
---@field sshGatewayUrl? string|os2.null

--- PATCH /regions/{id}
--- The key needs write:regions.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), updateRegion.
---@param params daytona.api.update_region
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.update_region(params, options) end

---@class daytona.api.regenerate_proxy_api_key
---@field id string

--- POST /regions/{id}/regenerate-proxy-api-key
--- The key needs write:regions.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), regenerateProxyApiKey.
---@param params daytona.api.regenerate_proxy_api_key
---@param options? os2.client.rest.call_options
---@return daytona.RegenerateApiKeyResponse
---@return os2.http.response
function daytona_api.regenerate_proxy_api_key(params, options) end

---@class daytona.api.regenerate_snapshot_manager_credentials
---@field id string

--- POST /regions/{id}/regenerate-snapshot-manager-credentials
--- The key needs write:regions.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), regenerateSnapshotManagerCredentials.
---@param params daytona.api.regenerate_snapshot_manager_credentials
---@param options? os2.client.rest.call_options
---@return daytona.SnapshotManagerCredentials
---@return os2.http.response
function daytona_api.regenerate_snapshot_manager_credentials(params, options) end

---@class daytona.api.regenerate_ssh_gateway_api_key
---@field id string

--- POST /regions/{id}/regenerate-ssh-gateway-api-key
--- The key needs write:regions.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), regenerateSshGatewayApiKey.
---@param params daytona.api.regenerate_ssh_gateway_api_key
---@param options? os2.client.rest.call_options
---@return daytona.RegenerateApiKeyResponse
---@return os2.http.response
function daytona_api.regenerate_ssh_gateway_api_key(params, options) end

---@class daytona.api.has_sandbox_access
---@field sandboxId string

--- GET /preview/{sandboxId}/access
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), hasSandboxAccess.
---@param params daytona.api.has_sandbox_access
---@param options? os2.client.rest.call_options
---@return boolean
---@return os2.http.response
function daytona_api.has_sandbox_access(params, options) end

---@class daytona.api.is_preview_warning_enabled
---@field sandboxId string
---@field port? number

--- GET /preview/{sandboxId}/preview-warning
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), isPreviewWarningEnabled.
---@param params daytona.api.is_preview_warning_enabled
---@param options? os2.client.rest.call_options
---@return daytona.PreviewWarning
---@return os2.http.response
function daytona_api.is_preview_warning_enabled(params, options) end

---@class daytona.api.is_sandbox_public
---@field sandboxId string

--- GET /preview/{sandboxId}/public
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), isSandboxPublic.
---@param params daytona.api.is_sandbox_public
---@param options? os2.client.rest.call_options
---@return boolean
---@return os2.http.response
function daytona_api.is_sandbox_public(params, options) end

---@class daytona.api.is_valid_auth_token
---@field sandboxId string
---@field authToken string

--- GET /preview/{sandboxId}/validate/{authToken}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), isValidAuthToken.
---@param params daytona.api.is_valid_auth_token
---@param options? os2.client.rest.call_options
---@return boolean
---@return os2.http.response
function daytona_api.is_valid_auth_token(params, options) end

---@class daytona.api.get_sandbox_id_from_signed_preview_url_token
---@field signedPreviewToken string
---@field port number

--- GET /preview/{signedPreviewToken}/{port}/sandbox-id
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandboxIdFromSignedPreviewUrlToken.
---@param params daytona.api.get_sandbox_id_from_signed_preview_url_token
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function daytona_api.get_sandbox_id_from_signed_preview_url_token(params, options) end

--- GET /shared-regions
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), listSharedRegions.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return daytona.Region[]
---@return os2.http.response
function daytona_api.list_shared_regions(params, options) end

---@class daytona.api.list_sandboxes
---@field cursor? string
---@field limit? number
---@field id? string
---@field name? string
---@field labels? string|table
---@field includeErroredDeleted? boolean
---@field includeWarm? boolean
---@field states? daytona.SandboxState[]
---@field snapshots? string[]
---@field regionIds? string[]
---@field sandboxClasses? daytona.SandboxClass[]
---@field minCpu? number  CPU cores
---@field maxCpu? number  CPU cores
---@field minMemoryGiB? number  GiB
---@field maxMemoryGiB? number  GiB
---@field minDiskGiB? number  GiB
---@field maxDiskGiB? number  GiB
---@field isPublic? boolean
---@field isRecoverable? boolean
---@field createdAtAfter? string  ISO 8601
---@field createdAtBefore? string  ISO 8601
---@field lastEventAfter? string  ISO 8601
---@field lastEventBefore? string  ISO 8601
---@field autoDestroyAtAfter? string  ISO 8601
---@field autoDestroyAtBefore? string  ISO 8601
---@field sort? daytona.SandboxListSortField
---@field order? daytona.SandboxListSortDirection
---@field minGpu? number
---@field maxGpu? number

--- GET /sandbox
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), listSandboxes.
---@param params? daytona.api.list_sandboxes
---@param options? os2.client.rest.call_options
---@return daytona.ListSandboxesResponse
---@return os2.http.response
function daytona_api.list_sandboxes(params, options) end

--- All items of all pages of list_sandboxes.
---@param params? daytona.api.list_sandboxes
---@param options? os2.client.rest.call_options
---@return fun(): table?
function daytona_each.list_sandboxes(params, options) end

---@class daytona.api.create_sandbox
---@field autoArchiveInterval? integer  minutes
---@field autoDeleteInterval? integer  minutes
---@field autoPauseInterval? integer  minutes
---@field autoStopInterval? integer  minutes
---@field buildInfo? daytona.CreateBuildInfo
---@field cpu? integer  CPU cores
---@field disk? integer  GB
---@field domainAllowList? string
---@field env? table<string, string>
---@field gpu? integer
---@field gpuType? daytona.GpuType[]
---@field kvm? boolean
---@field labels? table<string, string>
---@field linkedSandbox? string
---@field memory? integer  GB
---@field name? string
---@field networkAllowList? string
---@field networkBlockAll? boolean
---@field otelEndpointOverride? string
---@field outboundProxyUrl? string
---@field public? boolean
---@field queueTimeout? number  minutes
---@field secrets? table<string, string>[]
---@field snapshot? string
---@field spot? boolean
---@field target? string
---@field ttlMinutes? integer  minutes
---@field user? string
---@field volumes? daytona.SandboxVolume[]

--- POST /sandbox
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, quota, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createSandbox.
---@param params? daytona.api.create_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.create_sandbox(params, options) end

---@class daytona.api.delete_sandbox
---@field sandboxIdOrName string

--- DELETE /sandbox/{sandboxIdOrName}
--- The key needs delete:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), deleteSandbox.
---@param params daytona.api.delete_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.delete_sandbox(params, options) end

---@class daytona.api.get_sandbox
---@field sandboxIdOrName string
---@field verbose? boolean

--- GET /sandbox/{sandboxIdOrName}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandbox.
---@param params daytona.api.get_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.get_sandbox(params, options) end

---@class daytona.api.get_sandbox_ancestors
---@field sandboxIdOrName string

--- GET /sandbox/{sandboxIdOrName}/ancestors
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandboxAncestors.
---@param params daytona.api.get_sandbox_ancestors
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox[]
---@return os2.http.response
function daytona_api.get_sandbox_ancestors(params, options) end

---@class daytona.api.archive_sandbox
---@field sandboxIdOrName string

--- POST /sandbox/{sandboxIdOrName}/archive
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), archiveSandbox.
---@param params daytona.api.archive_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.archive_sandbox(params, options) end

---@class daytona.api.set_auto_archive_interval
---@field sandboxIdOrName string
---@field interval number  minutes

--- POST /sandbox/{sandboxIdOrName}/autoarchive/{interval}
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), setAutoArchiveInterval.
---@param params daytona.api.set_auto_archive_interval
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.set_auto_archive_interval(params, options) end

---@class daytona.api.set_auto_delete_interval
---@field sandboxIdOrName string
---@field interval number  minutes

--- POST /sandbox/{sandboxIdOrName}/autodelete/{interval}
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), setAutoDeleteInterval.
---@param params daytona.api.set_auto_delete_interval
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.set_auto_delete_interval(params, options) end

---@class daytona.api.set_auto_pause_interval
---@field sandboxIdOrName string
---@field interval number  minutes

--- POST /sandbox/{sandboxIdOrName}/autopause/{interval}
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), setAutoPauseInterval.
---@param params daytona.api.set_auto_pause_interval
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.set_auto_pause_interval(params, options) end

---@class daytona.api.set_autostop_interval
---@field sandboxIdOrName string
---@field interval number  minutes

--- POST /sandbox/{sandboxIdOrName}/autostop/{interval}
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), setAutostopInterval.
---@param params daytona.api.set_autostop_interval
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.set_autostop_interval(params, options) end

---@class daytona.api.create_backup
---@field sandboxIdOrName string

--- POST /sandbox/{sandboxIdOrName}/backup
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createBackup.
---@deprecated
---@param params daytona.api.create_backup
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.create_backup(params, options) end

---@class daytona.api.get_build_logs
---@field sandboxIdOrName string
---@field follow? boolean

--- GET /sandbox/{sandboxIdOrName}/build-logs
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getBuildLogs.
---@deprecated
---@param params daytona.api.get_build_logs
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function daytona_api.get_build_logs(params, options) end

---@class daytona.api.get_build_logs_url
---@field sandboxIdOrName string

--- GET /sandbox/{sandboxIdOrName}/build-logs-url
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getBuildLogsUrl.
---@param params daytona.api.get_build_logs_url
---@param options? os2.client.rest.call_options
---@return daytona.Url
---@return os2.http.response
function daytona_api.get_build_logs_url(params, options) end

---@class daytona.api.fork_sandbox
---@field sandboxIdOrName string
---@field name? string

--- POST /sandbox/{sandboxIdOrName}/fork
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, quota, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), forkSandbox.
---@param params daytona.api.fork_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.fork_sandbox(params, options) end

---@class daytona.api.get_sandbox_forks
---@field sandboxIdOrName string
---@field includeDestroyed? boolean

--- GET /sandbox/{sandboxIdOrName}/forks
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandboxForks.
---@param params daytona.api.get_sandbox_forks
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox[]
---@return os2.http.response
function daytona_api.get_sandbox_forks(params, options) end

---@class daytona.api.replace_labels
---@field sandboxIdOrName string
---@field labels table<string, string>

--- PUT /sandbox/{sandboxIdOrName}/labels
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), replaceLabels.
---@param params daytona.api.replace_labels
---@param options? os2.client.rest.call_options
---@return daytona.SandboxLabels
---@return os2.http.response
function daytona_api.replace_labels(params, options) end

---@class daytona.api.update_network_settings
---@field sandboxIdOrName string
---@field domainAllowList? string
---@field networkAllowList? string
---@field networkBlockAll? boolean

--- POST /sandbox/{sandboxIdOrName}/network-settings
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), updateNetworkSettings.
---@param params daytona.api.update_network_settings
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.update_network_settings(params, options) end

---@class daytona.api.get_sandbox_parent
---@field sandboxIdOrName string

--- GET /sandbox/{sandboxIdOrName}/parent
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandboxParent.
---@param params daytona.api.get_sandbox_parent
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.get_sandbox_parent(params, options) end

---@class daytona.api.pause_sandbox
---@field sandboxIdOrName string

--- POST /sandbox/{sandboxIdOrName}/pause
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), pauseSandbox.
---@param params daytona.api.pause_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.pause_sandbox(params, options) end

---@class daytona.api.get_port_preview_url
---@field sandboxIdOrName string
---@field port number

--- GET /sandbox/{sandboxIdOrName}/ports/{port}/preview-url
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getPortPreviewUrl.
---@param params daytona.api.get_port_preview_url
---@param options? os2.client.rest.call_options
---@return daytona.PortPreviewUrl
---@return os2.http.response
function daytona_api.get_port_preview_url(params, options) end

---@class daytona.api.get_signed_port_preview_url
---@field sandboxIdOrName string
---@field port integer
---@field expiresInSeconds? integer  seconds

--- GET /sandbox/{sandboxIdOrName}/ports/{port}/signed-preview-url
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSignedPortPreviewUrl.
---@param params daytona.api.get_signed_port_preview_url
---@param options? os2.client.rest.call_options
---@return daytona.SignedPortPreviewUrl
---@return os2.http.response
function daytona_api.get_signed_port_preview_url(params, options) end

---@class daytona.api.expire_signed_port_preview_url
---@field sandboxIdOrName string
---@field port integer
---@field token string

--- POST /sandbox/{sandboxIdOrName}/ports/{port}/signed-preview-url/{token}/expire
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), expireSignedPortPreviewUrl.
---@param params daytona.api.expire_signed_port_preview_url
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.expire_signed_port_preview_url(params, options) end

---@class daytona.api.update_public_status
---@field sandboxIdOrName string
---@field isPublic boolean

--- POST /sandbox/{sandboxIdOrName}/public/{isPublic}
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), updatePublicStatus.
---@param params daytona.api.update_public_status
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.update_public_status(params, options) end

---@class daytona.api.recover_sandbox
---@field sandboxIdOrName string
---@field skipStart? boolean

--- POST /sandbox/{sandboxIdOrName}/recover
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), recoverSandbox.
---@param params daytona.api.recover_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.recover_sandbox(params, options) end

---@class daytona.api.resize_sandbox
---@field sandboxIdOrName string
---@field cpu? integer  CPU cores
---@field disk? integer  GB
---@field memory? integer  GB

--- POST /sandbox/{sandboxIdOrName}/resize
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, quota, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), resizeSandbox.
---@param params daytona.api.resize_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.resize_sandbox(params, options) end

---@class daytona.api.update_sandbox_secrets
---@field sandboxIdOrName string
---@field secrets table<string, string>[]

--- PUT /sandbox/{sandboxIdOrName}/secrets
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), updateSandboxSecrets.
---@param params daytona.api.update_sandbox_secrets
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.update_sandbox_secrets(params, options) end

---@class daytona.api.create_sandbox_snapshot
---@field sandboxIdOrName string
---@field includeMemory? boolean
---@field name string

--- POST /sandbox/{sandboxIdOrName}/snapshot
--- The key needs write:sandboxes.
--- Raises denied, exists, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createSandboxSnapshot.
---@param params daytona.api.create_sandbox_snapshot
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.create_sandbox_snapshot(params, options) end

---@class daytona.api.revoke_ssh_access
---@field sandboxIdOrName string
---@field token? string

--- DELETE /sandbox/{sandboxIdOrName}/ssh-access
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), revokeSshAccess.
---@param params daytona.api.revoke_ssh_access
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.revoke_ssh_access(params, options) end

---@class daytona.api.create_ssh_access
---@field sandboxIdOrName string
---@field expiresInMinutes? number  minutes

--- POST /sandbox/{sandboxIdOrName}/ssh-access
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createSshAccess.
---@param params daytona.api.create_ssh_access
---@param options? os2.client.rest.call_options
---@return daytona.SshAccessDto
---@return os2.http.response
function daytona_api.create_ssh_access(params, options) end

---@class daytona.api.start_sandbox
---@field sandboxIdOrName string

--- POST /sandbox/{sandboxIdOrName}/start
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, quota, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), startSandbox.
---@param params daytona.api.start_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.start_sandbox(params, options) end

---@class daytona.api.stop_sandbox
---@field sandboxIdOrName string
---@field force? boolean

--- POST /sandbox/{sandboxIdOrName}/stop
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), stopSandbox.
---@param params daytona.api.stop_sandbox
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.stop_sandbox(params, options) end

---@class daytona.api.set_ttl
---@field sandboxIdOrName string
---@field ttlMinutes number  minutes

--- POST /sandbox/{sandboxIdOrName}/ttl/{ttlMinutes}
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), setTtl.
---@param params daytona.api.set_ttl
---@param options? os2.client.rest.call_options
---@return daytona.Sandbox
---@return os2.http.response
function daytona_api.set_ttl(params, options) end

---@class daytona.api.update_last_activity
---@field sandboxId string
---@field activityType? string

--- POST /sandbox/{sandboxId}/last-activity
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), updateLastActivity.
---@param params daytona.api.update_last_activity
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.update_last_activity(params, options) end

---@class daytona.api.get_sandbox_signing_key
---@field sandboxId string

--- GET /sandbox/{sandboxId}/signing-key
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandboxSigningKey.
---@param params daytona.api.get_sandbox_signing_key
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function daytona_api.get_sandbox_signing_key(params, options) end

---@class daytona.api.rotate_signing_key
---@field sandboxId string

--- POST /sandbox/{sandboxId}/signing-key/rotate
--- The key needs write:sandboxes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), rotateSigningKey.
---@param params daytona.api.rotate_signing_key
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function daytona_api.rotate_signing_key(params, options) end

---@class daytona.api.get_sandbox_logs
---@field sandboxId string
---@field from string  ISO 8601
---@field to string  ISO 8601
---@field page? number
---@field limit? number
---@field severities? string[]
---@field search? string

--- GET /sandbox/{sandboxId}/telemetry/logs
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandboxLogs.
---@param params daytona.api.get_sandbox_logs
---@param options? os2.client.rest.call_options
---@return daytona.PaginatedLogs
---@return os2.http.response
function daytona_api.get_sandbox_logs(params, options) end

--- All items of all pages of get_sandbox_logs.
---@param params daytona.api.get_sandbox_logs
---@param options? os2.client.rest.call_options
---@return fun(): table?
function daytona_each.get_sandbox_logs(params, options) end

---@class daytona.api.get_sandbox_metrics
---@field sandboxId string
---@field from string  ISO 8601
---@field to string  ISO 8601
---@field metricNames? string[]

--- GET /sandbox/{sandboxId}/telemetry/metrics
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandboxMetrics.
---@param params daytona.api.get_sandbox_metrics
---@param options? os2.client.rest.call_options
---@return daytona.MetricsResponse
---@return os2.http.response
function daytona_api.get_sandbox_metrics(params, options) end

---@class daytona.api.get_sandbox_traces
---@field sandboxId string
---@field from string  ISO 8601
---@field to string  ISO 8601
---@field page? number
---@field limit? number

--- GET /sandbox/{sandboxId}/telemetry/traces
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandboxTraces.
---@param params daytona.api.get_sandbox_traces
---@param options? os2.client.rest.call_options
---@return daytona.PaginatedTraces
---@return os2.http.response
function daytona_api.get_sandbox_traces(params, options) end

--- All items of all pages of get_sandbox_traces.
---@param params daytona.api.get_sandbox_traces
---@param options? os2.client.rest.call_options
---@return fun(): table?
function daytona_each.get_sandbox_traces(params, options) end

---@class daytona.api.get_sandbox_trace_spans
---@field sandboxId string
---@field traceId string

--- GET /sandbox/{sandboxId}/telemetry/traces/{traceId}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSandboxTraceSpans.
---@param params daytona.api.get_sandbox_trace_spans
---@param options? os2.client.rest.call_options
---@return daytona.TraceSpan[]
---@return os2.http.response
function daytona_api.get_sandbox_trace_spans(params, options) end

---@class daytona.api.get_toolbox_proxy_url
---@field sandboxId string

--- GET /sandbox/{sandboxId}/toolbox-proxy-url
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getToolboxProxyUrl.
---@param params daytona.api.get_toolbox_proxy_url
---@param options? os2.client.rest.call_options
---@return daytona.ToolboxProxyUrl
---@return os2.http.response
function daytona_api.get_toolbox_proxy_url(params, options) end

--- GET /secret
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), listSecrets.
---@deprecated
---@param params? {}
---@param options? os2.client.rest.call_options
---@return daytona.Secret[]
---@return os2.http.response
function daytona_api.list_secrets(params, options) end

---@class daytona.api.create_secret
---@field description? string
---@field hosts? string[]
---@field name string
---@field value string

--- POST /secret
--- The key needs manage:secrets.
--- Raises denied, exists, invalid, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createSecret.
---@param params daytona.api.create_secret
---@param options? os2.client.rest.call_options
---@return daytona.Secret
---@return os2.http.response
function daytona_api.create_secret(params, options) end

---@class daytona.api.list_secrets_paginated
---@field cursor? string
---@field limit? number
---@field name? string
---@field sort? "name"|"createdAt"|"updatedAt"
---@field order? "asc"|"desc"

--- GET /secret/paginated
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), listSecretsPaginated.
---@param params? daytona.api.list_secrets_paginated
---@param options? os2.client.rest.call_options
---@return daytona.ListSecretsResponse
---@return os2.http.response
function daytona_api.list_secrets_paginated(params, options) end

--- All items of all pages of list_secrets_paginated.
---@param params? daytona.api.list_secrets_paginated
---@param options? os2.client.rest.call_options
---@return fun(): table?
function daytona_each.list_secrets_paginated(params, options) end

---@class daytona.api.delete_secret
---@field secretId string

--- DELETE /secret/{secretId}
--- The key needs manage:secrets.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), deleteSecret.
---@param params daytona.api.delete_secret
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.delete_secret(params, options) end

---@class daytona.api.get_secret
---@field secretId string

--- GET /secret/{secretId}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSecret.
---@param params daytona.api.get_secret
---@param options? os2.client.rest.call_options
---@return daytona.Secret
---@return os2.http.response
function daytona_api.get_secret(params, options) end

---@class daytona.api.update_secret
---@field secretId string
---@field description? string
---@field hosts? string[]
---@field value? string

--- PATCH /secret/{secretId}
--- The key needs manage:secrets.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), updateSecret.
---@param params daytona.api.update_secret
---@param options? os2.client.rest.call_options
---@return daytona.Secret
---@return os2.http.response
function daytona_api.update_secret(params, options) end

---@class daytona.api.get_all_snapshots
---@field page? number
---@field limit? number
---@field name? string
---@field sourceSandboxId? string
---@field sort? "name"|"state"|"lastUsedAt"|"createdAt"
---@field order? "asc"|"desc"

--- GET /snapshots
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getAllSnapshots.
---@param params? daytona.api.get_all_snapshots
---@param options? os2.client.rest.call_options
---@return daytona.PaginatedSnapshots
---@return os2.http.response
function daytona_api.get_all_snapshots(params, options) end

--- All items of all pages of get_all_snapshots.
---@param params? daytona.api.get_all_snapshots
---@param options? os2.client.rest.call_options
---@return fun(): table?
function daytona_each.get_all_snapshots(params, options) end

---@class daytona.api.create_snapshot
---@field buildInfo? daytona.CreateBuildInfo
---@field cpu? integer  CPU cores
---@field disk? integer  GB
---@field entrypoint? string[]
---@field gpu? integer
---@field gpuType? daytona.GpuType[]
---@field imageName? string
---@field memory? integer  GB
---@field name string
---@field regionId? string
---@field sandboxClass? daytona.SandboxClass

--- POST /snapshots
--- The key needs write:snapshots.
--- Raises denied, exists, invalid, network, quota, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createSnapshot.
---@param params daytona.api.create_snapshot
---@param options? os2.client.rest.call_options
---@return daytona.SnapshotDto
---@return os2.http.response
function daytona_api.create_snapshot(params, options) end

---@class daytona.api.remove_snapshot
---@field id string

--- DELETE /snapshots/{id}
--- The key needs delete:snapshots.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), removeSnapshot.
---@param params daytona.api.remove_snapshot
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.remove_snapshot(params, options) end

---@class daytona.api.activate_snapshot
---@field id string

--- POST /snapshots/{id}/activate
--- The key needs write:snapshots.
--- Raises denied, invalid, network, not_found, quota, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), activateSnapshot.
---@param params daytona.api.activate_snapshot
---@param options? os2.client.rest.call_options
---@return daytona.SnapshotDto
---@return os2.http.response
function daytona_api.activate_snapshot(params, options) end

---@class daytona.api.get_snapshot_build_logs_url
---@field id string

--- GET /snapshots/{id}/build-logs-url
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSnapshotBuildLogsUrl.
---@param params daytona.api.get_snapshot_build_logs_url
---@param options? os2.client.rest.call_options
---@return daytona.Url
---@return os2.http.response
function daytona_api.get_snapshot_build_logs_url(params, options) end

---@class daytona.api.deactivate_snapshot
---@field id string

--- POST /snapshots/{id}/deactivate
--- The key needs write:snapshots.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), deactivateSnapshot.
---@param params daytona.api.deactivate_snapshot
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.deactivate_snapshot(params, options) end

---@class daytona.api.get_snapshot
---@field id string

--- GET /snapshots/{id}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSnapshot.
---@param params daytona.api.get_snapshot
---@param options? os2.client.rest.call_options
---@return daytona.SnapshotDto
---@return os2.http.response
function daytona_api.get_snapshot(params, options) end

---@class daytona.api.get_snapshot_build_logs
---@field id string
---@field follow? boolean

--- GET /snapshots/{id}/build-logs
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getSnapshotBuildLogs.
---@deprecated
---@param params daytona.api.get_snapshot_build_logs
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function daytona_api.get_snapshot_build_logs(params, options) end

---@class daytona.api.list_volumes
---@field includeDeleted? boolean

--- GET /volumes
--- The key needs read:volumes.
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), listVolumes.
---@param params? daytona.api.list_volumes
---@param options? os2.client.rest.call_options
---@return daytona.VolumeDto[]
---@return os2.http.response
function daytona_api.list_volumes(params, options) end

---@class daytona.api.create_volume
---@field name string

--- POST /volumes
--- The key needs write:volumes.
--- Raises denied, exists, invalid, network, quota, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createVolume.
---@param params daytona.api.create_volume
---@param options? os2.client.rest.call_options
---@return daytona.VolumeDto
---@return os2.http.response
function daytona_api.create_volume(params, options) end

---@class daytona.api.get_volume_by_name
---@field name string

--- GET /volumes/by-name/{name}
--- The key needs read:volumes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getVolumeByName.
---@param params daytona.api.get_volume_by_name
---@param options? os2.client.rest.call_options
---@return daytona.VolumeDto
---@return os2.http.response
function daytona_api.get_volume_by_name(params, options) end

---@class daytona.api.delete_volume
---@field volumeId string

--- DELETE /volumes/{volumeId}
--- The key needs delete:volumes.
--- Raises conflict, denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), deleteVolume.
---@param params daytona.api.delete_volume
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.delete_volume(params, options) end

---@class daytona.api.get_volume
---@field volumeId string

--- GET /volumes/{volumeId}
--- The key needs read:volumes.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), getVolume.
---@param params daytona.api.get_volume
---@param options? os2.client.rest.call_options
---@return daytona.VolumeDto
---@return os2.http.response
function daytona_api.get_volume(params, options) end

--- GET /warm-pools
--- Raises denied, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), listWarmPools.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return daytona.WarmPool[]
---@return os2.http.response
function daytona_api.list_warm_pools(params, options) end

---@class daytona.api.create_warm_pool
---@field pool number
---@field snapshot string
---@field target? string

--- POST /warm-pools
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), createWarmPool.
---@param params daytona.api.create_warm_pool
---@param options? os2.client.rest.call_options
---@return daytona.WarmPool
---@return os2.http.response
function daytona_api.create_warm_pool(params, options) end

---@class daytona.api.delete_warm_pool
---@field id string

--- DELETE /warm-pools/{id}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), deleteWarmPool.
---@param params daytona.api.delete_warm_pool
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.delete_warm_pool(params, options) end

---@class daytona.api.update_warm_pool
---@field id string
---@field pool number

--- PATCH /warm-pools/{id}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), updateWarmPool.
---@param params daytona.api.update_warm_pool
---@param options? os2.client.rest.call_options
---@return daytona.WarmPool
---@return os2.http.response
function daytona_api.update_warm_pool(params, options) end

---@class daytona.api.webhook_controller_get_app_portal_access
---@field organizationId string

--- POST /webhooks/organizations/{organizationId}/app-portal-access
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), WebhookController_getAppPortalAccess.
---@param params daytona.api.webhook_controller_get_app_portal_access
---@param options? os2.client.rest.call_options
---@return daytona.WebhookAppPortalAccess
---@return os2.http.response
function daytona_api.webhook_controller_get_app_portal_access(params, options) end

---@class daytona.api.webhook_controller_get_initialization_status
---@field organizationId string

--- GET /webhooks/organizations/{organizationId}/initialization-status
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), WebhookController_getInitializationStatus.
---@param params daytona.api.webhook_controller_get_initialization_status
---@param options? os2.client.rest.call_options
---@return daytona.WebhookInitializationStatus
---@return os2.http.response
function daytona_api.webhook_controller_get_initialization_status(params, options) end

---@class daytona.api.webhook_controller_initialize_webhooks
---@field organizationId string

--- POST /webhooks/organizations/{organizationId}/initialize
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), WebhookController_initializeWebhooks.
---@param params daytona.api.webhook_controller_initialize_webhooks
---@param options? os2.client.rest.call_options
---@return daytona.WebhookInitializationStatus
---@return os2.http.response
function daytona_api.webhook_controller_initialize_webhooks(params, options) end

---@class daytona.api.webhook_controller_refresh_endpoints
---@field organizationId string

--- POST /webhooks/organizations/{organizationId}/refresh-endpoints
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Daytona API (client 0.220.0), WebhookController_refreshEndpoints.
---@param params daytona.api.webhook_controller_refresh_endpoints
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function daytona_api.webhook_controller_refresh_endpoints(params, options) end
