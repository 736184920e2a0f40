--- Types of the Docker Engine API for `os2 help`; made by tools/rows.lua, not by hand.
--- Source: the description of the Docker Engine API 1.56.
return {
  container_create = {
    tag = "Container",
    returns = "docker.ContainerCreateResponse",
    errors = "conflict, invalid, network, not_found, timeout, unavailable",
    record = "Id Warnings",
    fields = {
      { "name", "string" }, { "platform", "string" }, { "ArgsEscaped", "boolean" },
      { "AttachStderr", "boolean" }, { "AttachStdin", "boolean" }, { "AttachStdout", "boolean" },
      { "Cmd", "string[]" }, { "Domainname", "string" }, { "Entrypoint", "string[]" },
      { "Env", "string[]" }, { "ExposedPorts", "table<string, string>" },
      { "Healthcheck", "docker.HealthConfig" }, { "HostConfig", "docker.HostConfig" },
      { "Hostname", "string" }, { "Image", "string" }, { "Labels", "table<string, string>" },
      { "NetworkDisabled", "boolean" },
      { "NetworkingConfig", "{EndpointsConfig?: table<string, docker.EndpointSettings>}" },
      { "OnBuild", "string[]" }, { "OpenStdin", "boolean" }, { "Shell", "string[]" },
      { "StdinOnce", "boolean" }, { "StopSignal", "string" },
      { "StopTimeout", "integer", "seconds" }, { "Tty", "boolean" }, { "User", "string" },
      { "Volumes", "table<string, string>" }, { "WorkingDir", "string" },
    },
  },
  container_list = {
    tag = "Container",
    returns = "docker.ContainerSummary[]",
    errors = "invalid, network, timeout, unavailable",
    record = "Command Created Health HostConfig Id Image ImageID ImageManifestDescriptor"
      .. " Labels Mounts Names NetworkSettings Ports SizeRootFs SizeRw State Status",
    fields = {
      { "all", "boolean" }, { "limit", "integer" }, { "size", "boolean" },
      { "filters", "string|table" },
    },
  },
  container_prune = {
    tag = "Container",
    returns = "table",
    errors = "invalid, network, timeout, unavailable",
    record = "ContainersDeleted SpaceReclaimed",
    fields = {
      { "filters", "string|table" },
    },
  },
  container_delete = {
    tag = "Container",
    returns = "any",
    errors = "conflict, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "v", "boolean" }, { "force", "boolean" }, { "link", "boolean" },
    },
  },
  container_archive = {
    tag = "Container",
    returns = "string",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "path", "string" },
    },
  },
  container_archive_info = {
    tag = "Container",
    returns = "any",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "path", "string" },
    },
  },
  put_container_archive = {
    tag = "Container",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "path", "string" }, { "noOverwriteDirNonDir", "string" },
      { "copyUIDGID", "string" },
    },
  },
  container_attach = {
    tag = "Container",
    returns = "string",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "detachKeys", "string" }, { "logs", "boolean" },
      { "stream", "boolean" }, { "stdin", "boolean" }, { "stdout", "boolean" },
      { "stderr", "boolean" },
    },
  },
  container_attach_websocket = {
    tag = "Container",
    returns = "any",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "detachKeys", "string" }, { "logs", "boolean" },
      { "stream", "boolean" }, { "stdin", "boolean" }, { "stdout", "boolean" },
      { "stderr", "boolean" },
    },
  },
  container_changes = {
    tag = "Container",
    returns = "docker.FilesystemChange[]",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "Kind Path",
    fields = {
      { "id", "string" },
    },
  },
  container_export = {
    tag = "Container",
    returns = "string",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" },
    },
  },
  container_inspect = {
    tag = "Container",
    returns = "docker.ContainerInspectResponse",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "AppArmorProfile Args Config Created Driver ExecIDs GraphDriver HostConfig"
      .. " HostnamePath HostsPath Id Image ImageManifestDescriptor LogPath MountLabel"
      .. " Mounts Name NetworkSettings Path Platform ProcessLabel ResolvConfPath"
      .. " RestartCount SizeRootFs SizeRw State Storage",
    fields = {
      { "id", "string" }, { "size", "boolean" },
    },
  },
  container_kill = {
    tag = "Container",
    returns = "any",
    errors = "conflict, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "signal", "string" },
    },
  },
  container_logs = {
    tag = "Container",
    returns = "string",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "follow", "boolean" }, { "stdout", "boolean" }, { "stderr", "boolean" },
      { "since", "integer", "Unix seconds" }, { "until", "integer", "Unix seconds" },
      { "timestamps", "boolean" }, { "tail", "string" },
    },
  },
  container_pause = {
    tag = "Container",
    returns = "any",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" },
    },
  },
  container_rename = {
    tag = "Container",
    returns = "any",
    errors = "conflict, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "name", "string" },
    },
  },
  container_resize = {
    tag = "Container",
    returns = "string",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "h", "integer" }, { "w", "integer" },
    },
  },
  container_restart = {
    tag = "Container",
    returns = "any",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "signal", "string" }, { "t", "integer", "seconds" },
    },
  },
  container_start = {
    tag = "Container",
    returns = "any",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "detachKeys", "string" },
    },
  },
  container_stats = {
    tag = "Container",
    returns = "string",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "blkio_stats cpu_stats id memory_stats name networks num_procs os_type"
      .. " pids_stats precpu_stats preread read storage_stats",
    fields = {
      { "id", "string" }, { "stream", "boolean" }, { "one-shot", "boolean" },
    },
  },
  container_stop = {
    tag = "Container",
    returns = "any",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "signal", "string" }, { "t", "integer", "seconds" },
    },
  },
  container_top = {
    tag = "Container",
    returns = "docker.ContainerTopResponse",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "Processes Titles",
    fields = {
      { "id", "string" }, { "ps_args", "string" },
    },
  },
  container_unpause = {
    tag = "Container",
    returns = "any",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" },
    },
  },
  container_update = {
    tag = "Container",
    returns = "docker.ContainerUpdateResponse",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "Warnings",
    fields = {
      { "id", "string" }, { "BlkioDeviceReadBps", "{Path?: string, Rate?: integer}[]" },
      { "BlkioDeviceReadIOps", "{Path?: string, Rate?: integer}[]" },
      { "BlkioDeviceWriteBps", "{Path?: string, Rate?: integer}[]" },
      { "BlkioDeviceWriteIOps", "{Path?: string, Rate?: integer}[]" }, { "BlkioWeight", "integer" },
      { "BlkioWeightDevice", "table[]" }, { "CgroupParent", "string" }, { "CpuCount", "integer" },
      { "CpuPercent", "integer" }, { "CpuPeriod", "integer" }, { "CpuQuota", "integer" },
      { "CpuRealtimePeriod", "integer" }, { "CpuRealtimeRuntime", "integer" },
      { "CpuShares", "integer" }, { "CpusetCpus", "string" }, { "CpusetMems", "string" },
      { "DeviceCgroupRules", "string[]" }, { "DeviceRequests", "docker.DeviceRequest[]" },
      { "Devices", "{CgroupPermissions?: string, PathInContainer?: string, PathOnHost?: string}[]" },
      { "IOMaximumBandwidth", "integer" }, { "IOMaximumIOps", "integer" }, { "Init", "boolean" },
      { "Memory", "integer", "bytes" }, { "MemoryReservation", "integer", "bytes" },
      { "MemorySwap", "integer", "bytes" }, { "MemorySwappiness", "integer" },
      { "NanoCpus", "integer", "billionths of a CPU" }, { "OomKillDisable", "boolean" },
      { "PidsLimit", "integer" },
      { "RestartPolicy", "{MaximumRetryCount?: integer, Name?: \"\"|\"no\"|\"always\"|\"unless-stopped\"|\"on-failure\"}" },
      { "Ulimits", "table[]" },
    },
  },
  container_wait = {
    tag = "Container",
    returns = "docker.ContainerWaitResponse",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "Error StatusCode",
    fields = {
      { "id", "string" }, { "condition", "\"not-running\"|\"next-exit\"|\"removed\"" },
    },
  },
  distribution_inspect = {
    tag = "Distribution",
    returns = "docker.DistributionInspect",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "Descriptor Platforms",
    fields = {
      { "name", "string" },
    },
  },
  container_exec = {
    tag = "Exec",
    returns = "docker.IDResponse",
    errors = "conflict, invalid, network, not_found, timeout, unavailable",
    record = "Id",
    fields = {
      { "id", "string" }, { "AttachStderr", "boolean" }, { "AttachStdin", "boolean" },
      { "AttachStdout", "boolean" }, { "Cmd", "string[]" }, { "ConsoleSize", "integer[]" },
      { "DetachKeys", "string" }, { "Env", "string[]" }, { "Privileged", "boolean" },
      { "Tty", "boolean" }, { "User", "string" }, { "WorkingDir", "string" },
    },
  },
  exec_inspect = {
    tag = "Exec",
    returns = "table",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "CanRemove ContainerID DetachKeys ExitCode ID OpenStderr OpenStdin OpenStdout"
      .. " Pid ProcessConfig Running",
    fields = {
      { "id", "string" },
    },
  },
  exec_resize = {
    tag = "Exec",
    returns = "any",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "h", "integer" }, { "w", "integer" },
    },
  },
  exec_start = {
    tag = "Exec",
    returns = "string",
    errors = "conflict, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "ConsoleSize", "integer[]" }, { "Detach", "boolean" },
      { "Tty", "boolean" },
    },
  },
  image_build = {
    tag = "Image",
    returns = "string",
    errors = "invalid, network, timeout, unavailable",
    fields = {
      { "dockerfile", "string" }, { "t", "string", "seconds" }, { "extrahosts", "string" },
      { "remote", "string" }, { "q", "boolean" }, { "nocache", "boolean" },
      { "cachefrom", "string|table" }, { "pull", "string" }, { "rm", "boolean" },
      { "forcerm", "boolean" }, { "memory", "integer", "bytes" }, { "memswap", "integer", "bytes" },
      { "cpushares", "integer" }, { "cpusetcpus", "string" }, { "cpuperiod", "integer" },
      { "cpuquota", "integer" }, { "buildargs", "string|table" }, { "shmsize", "integer", "bytes" },
      { "squash", "boolean" }, { "labels", "string|table" }, { "networkmode", "string" },
      { "platform", "string" }, { "target", "string" }, { "outputs", "string" },
      { "version", "\"1\"|\"2\"" }, { "session", "string" }, { "buildid", "string" },
      { "X-Registry-Config", "string" },
    },
  },
  build_prune = {
    tag = "Image",
    returns = "table",
    errors = "invalid, network, timeout, unavailable",
    record = "CachesDeleted SpaceReclaimed",
    fields = {
      { "reserved-space", "integer" }, { "max-used-space", "integer" },
      { "min-free-space", "integer" }, { "all", "boolean" }, { "filters", "string|table" },
    },
  },
  image_commit = {
    tag = "Image",
    returns = "docker.IDResponse",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "Id",
    fields = {
      { "container", "string" }, { "repo", "string" }, { "tag", "string" }, { "comment", "string" },
      { "author", "string" }, { "pause", "boolean" }, { "changes", "string" },
      { "ArgsEscaped", "boolean" }, { "AttachStderr", "boolean" }, { "AttachStdin", "boolean" },
      { "AttachStdout", "boolean" }, { "Cmd", "string[]" }, { "Domainname", "string" },
      { "Entrypoint", "string[]" }, { "Env", "string[]" },
      { "ExposedPorts", "table<string, string>" }, { "Healthcheck", "docker.HealthConfig" },
      { "Hostname", "string" }, { "Image", "string" }, { "Labels", "table<string, string>" },
      { "NetworkDisabled", "boolean" }, { "OnBuild", "string[]" }, { "OpenStdin", "boolean" },
      { "Shell", "string[]" }, { "StdinOnce", "boolean" }, { "StopSignal", "string" },
      { "StopTimeout", "integer", "seconds" }, { "Tty", "boolean" }, { "User", "string" },
      { "Volumes", "table<string, string>" }, { "WorkingDir", "string" },
    },
  },
  image_create = {
    tag = "Image",
    returns = "string",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "fromImage", "string" }, { "fromSrc", "string" }, { "repo", "string" }, { "tag", "string" },
      { "message", "string" }, { "changes", "string[]" }, { "platform", "string" },
      { "X-Registry-Auth", "string" },
    },
  },
  image_get_all = {
    tag = "Image",
    returns = "string",
    errors = "invalid, network, timeout, unavailable",
    fields = {
      { "names", "string[]" }, { "platform", "string[]" },
    },
  },
  image_list = {
    tag = "Image",
    returns = "docker.ImageSummary[]",
    errors = "invalid, network, timeout, unavailable",
    record = "Containers Created Descriptor Id Labels Manifests ParentId RepoDigests"
      .. " RepoTags SharedSize Size",
    fields = {
      { "all", "boolean" }, { "filters", "string|table" }, { "shared-size", "boolean" },
      { "digests", "boolean" }, { "manifests", "boolean" }, { "identity", "boolean" },
    },
  },
  image_load = {
    tag = "Image",
    returns = "string",
    errors = "invalid, network, timeout, unavailable",
    fields = {
      { "quiet", "boolean" }, { "platform", "string[]" },
    },
  },
  image_prune = {
    tag = "Image",
    returns = "table",
    errors = "invalid, network, timeout, unavailable",
    record = "ImagesDeleted SpaceReclaimed",
    fields = {
      { "filters", "string|table" },
    },
  },
  image_search = {
    tag = "Image",
    returns = "table[]",
    errors = "invalid, network, timeout, unavailable",
    record = "description is_automated is_official name star_count",
    fields = {
      { "term", "string" }, { "limit", "integer" }, { "filters", "string|table" },
    },
  },
  image_delete = {
    tag = "Image",
    returns = "docker.ImageDeleteResponseItem[]",
    errors = "conflict, invalid, network, not_found, timeout, unavailable",
    record = "Deleted Untagged",
    fields = {
      { "name", "string" }, { "force", "boolean" }, { "noprune", "boolean" },
      { "platforms", "string[]" },
    },
  },
  image_attestations = {
    tag = "Image",
    returns = "docker.AttestationStatement[]",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "Descriptor PredicateType Statement",
    fields = {
      { "name", "string" }, { "platform", "string[]" }, { "type", "string[]" },
      { "statement", "boolean" },
    },
  },
  image_get = {
    tag = "Image",
    returns = "string",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "name", "string" }, { "platform", "string[]" },
    },
  },
  image_history = {
    tag = "Image",
    returns = "docker.ImageHistoryResponseItem[]",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "Comment Created CreatedBy Id Size Tags",
    fields = {
      { "name", "string" }, { "platform", "string" },
    },
  },
  image_inspect = {
    tag = "Image",
    returns = "docker.ImageInspect",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "Architecture Author Comment Config Created Descriptor GraphDriver Id Identity"
      .. " Manifests Metadata Os OsVersion RepoDigests RepoTags RootFS Size Variant",
    fields = {
      { "name", "string" }, { "manifests", "boolean" }, { "platform", "string" },
    },
  },
  image_push = {
    tag = "Image",
    returns = "string",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "name", "string" }, { "tag", "string" }, { "platform", "string" },
      { "X-Registry-Auth", "string" },
    },
  },
  image_tag = {
    tag = "Image",
    returns = "any",
    errors = "conflict, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "name", "string" }, { "repo", "string" }, { "tag", "string" },
    },
  },
  network_list = {
    tag = "Network",
    returns = "docker.NetworkSummary[]",
    errors = "invalid, network, timeout, unavailable",
    record = "Attachable ConfigFrom ConfigOnly Created Driver EnableIPv4 EnableIPv6 IPAM Id"
      .. " Ingress Internal Labels Name Options Peers Scope",
    fields = {
      { "filters", "string|table" },
    },
  },
  network_create = {
    tag = "Network",
    returns = "docker.NetworkCreateResponse",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    record = "Id Warning",
    fields = {
      { "Attachable", "boolean" }, { "ConfigFrom", "{Network?: string}" },
      { "ConfigOnly", "boolean" }, { "Driver", "string" }, { "EnableIPv4", "boolean" },
      { "EnableIPv6", "boolean" },
      { "IPAM", "{Config?: {AuxiliaryAddresses?: table<string, string>, Gateway?: string, IPRange?: string, Subnet?: string}[], Driver?: string, Options?: table<string, string>}" },
      { "Ingress", "boolean" }, { "Internal", "boolean" }, { "Labels", "table<string, string>" },
      { "Name", "string" }, { "Options", "table<string, string>" }, { "Scope", "string" },
    },
  },
  network_prune = {
    tag = "Network",
    returns = "table",
    errors = "invalid, network, timeout, unavailable",
    record = "NetworksDeleted",
    fields = {
      { "filters", "string|table" },
    },
  },
  network_delete = {
    tag = "Network",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" },
    },
  },
  network_inspect = {
    tag = "Network",
    returns = "docker.NetworkInspect",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "Attachable ConfigFrom ConfigOnly Containers Created Driver EnableIPv4"
      .. " EnableIPv6 IPAM Id Ingress Internal Labels Name Options Peers Scope Services"
      .. " Status",
    fields = {
      { "id", "string" }, { "verbose", "boolean" }, { "scope", "string" },
    },
  },
  network_connect = {
    tag = "Network",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "Container", "string" },
      { "EndpointConfig", "docker.EndpointSettings" },
    },
  },
  network_disconnect = {
    tag = "Network",
    returns = "any",
    errors = "denied, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "id", "string" }, { "Container", "string" }, { "Force", "boolean" },
    },
  },
  session = {
    tag = "Session",
    returns = "string",
    errors = "invalid, network, timeout, unavailable",
  },
  system_ping = {
    tag = "System",
    returns = "string",
    errors = "network, timeout, unavailable",
  },
  system_ping_head = {
    tag = "System",
    returns = "string",
    errors = "network, timeout, unavailable",
  },
  system_auth = {
    tag = "System",
    returns = "docker.AuthResponse",
    errors = "denied, invalid, network, timeout, unavailable",
    record = "IdentityToken Status",
    fields = {
      { "password", "string" }, { "serveraddress", "string" }, { "username", "string" },
    },
  },
  system_events = {
    tag = "System",
    returns = "string",
    errors = "invalid, network, timeout, unavailable",
    fields = {
      { "since", "string", "Unix seconds" }, { "until", "string", "Unix seconds" },
      { "filters", "string|table" },
    },
  },
  system_info = {
    tag = "System",
    returns = "docker.SystemInfo",
    errors = "network, timeout, unavailable",
    record = "Architecture CDISpecDirs CPUSet CPUShares CgroupDriver CgroupVersion"
      .. " Containerd ContainerdCommit Containers ContainersPaused ContainersRunning"
      .. " ContainersStopped CpuCfsPeriod CpuCfsQuota Debug DefaultAddressPools"
      .. " DefaultRuntime DiscoveredDevices DockerRootDir Driver DriverStatus"
      .. " ExperimentalBuild FirewallBackend GenericResources HttpProxy HttpsProxy ID"
      .. " IPv4Forwarding Images IndexServerAddress InitBinary InitCommit Isolation"
      .. " KernelVersion Labels LiveRestoreEnabled LoggingDriver MemTotal MemoryLimit"
      .. " NCPU NEventsListener NFd NGoroutines NRI Name NoProxy OSType OSVersion"
      .. " OomKillDisable OperatingSystem PidsLimit Plugins ProductLicense"
      .. " RegistryConfig RuncCommit Runtimes SecurityOptions ServerVersion SwapLimit"
      .. " Swarm SystemTime Warnings",
  },
  system_data_usage = {
    tag = "System",
    returns = "table",
    errors = "invalid, network, timeout, unavailable",
    record = "BuildCacheUsage ContainerUsage ImageUsage VolumeUsage",
    fields = {
      { "type", "(\"container\"|\"image\"|\"volume\"|\"build-cache\")[]" },
      { "verbose", "boolean" },
    },
  },
  system_version = {
    tag = "System",
    returns = "docker.SystemVersion",
    errors = "network, timeout, unavailable",
    record = "ApiVersion Arch BuildTime Components Experimental GitCommit GoVersion"
      .. " KernelVersion MinAPIVersion Os Platform Version",
  },
  volume_list = {
    tag = "Volume",
    returns = "docker.VolumeListResponse",
    errors = "invalid, network, timeout, unavailable",
    record = "Volumes Warnings",
    fields = {
      { "filters", "string|table" },
    },
  },
  volume_create = {
    tag = "Volume",
    returns = "docker.Volume",
    errors = "invalid, network, timeout, unavailable",
    record = "ClusterVolume CreatedAt Driver Labels Mountpoint Name Options Scope Status"
      .. " UsageData",
    fields = {
      { "ClusterVolumeSpec", "{AccessMode?: table, Group?: string}" }, { "Driver", "string" },
      { "DriverOpts", "table<string, string>" }, { "Labels", "table<string, string>" },
      { "Name", "string" },
    },
  },
  volume_prune = {
    tag = "Volume",
    returns = "table",
    errors = "invalid, network, timeout, unavailable",
    record = "SpaceReclaimed VolumesDeleted",
    fields = {
      { "filters", "string|table" },
    },
  },
  volume_delete = {
    tag = "Volume",
    returns = "any",
    errors = "conflict, invalid, network, not_found, timeout, unavailable",
    fields = {
      { "name", "string" }, { "force", "boolean" },
    },
  },
  volume_inspect = {
    tag = "Volume",
    returns = "docker.Volume",
    errors = "invalid, network, not_found, timeout, unavailable",
    record = "ClusterVolume CreatedAt Driver Labels Mountpoint Name Options Scope Status"
      .. " UsageData",
    fields = {
      { "name", "string" },
    },
  },
  volume_update = {
    tag = "Volume",
    returns = "any",
    errors = "invalid, network, not_found, timeout, unavailable",
    fields = {
      { "name", "string" }, { "version", "integer" },
      { "Spec", "{AccessMode?: table, Group?: string}" },
    },
  },
}
