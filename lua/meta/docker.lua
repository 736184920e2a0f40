---@meta
--- Editor stubs of the Docker Engine API; made by tools/rows.lua, not by hand.

---@class docker.AttestationStatement
---@field Descriptor docker.OCIDescriptor
---@field PredicateType string
---@field Statement? table

---@class docker.AuthConfig
---@field password? string
---@field serveraddress? string
---@field username? string

---@class docker.AuthResponse
---@field IdentityToken? string
---@field Status string

---@class docker.BuildCacheDiskUsage
---@field ActiveCount? integer
---@field Items? any[]
---@field Reclaimable? integer
---@field TotalCount? integer
---@field TotalSize? integer

---@class docker.BuildIdentity
---@field CreatedAt? string  ISO 8601
---@field Ref? string

---@alias docker.ChangeType integer

---@class docker.ClusterInfo
---@field CreatedAt? string
---@field DataPathPort? integer
---@field DefaultAddrPool? string[]
---@field ID? string
---@field RootRotationInProgress? boolean
---@field Spec? docker.SwarmSpec
---@field SubnetSize? integer
---@field TLSInfo? docker.TLSInfo
---@field UpdatedAt? string
---@field Version? docker.ObjectVersion

---@class docker.ClusterVolume
---@field CreatedAt? string
---@field ID? string
---@field Info? table
---@field PublishStatus? table[]
---@field Spec? docker.ClusterVolumeSpec
---@field UpdatedAt? string
---@field Version? docker.ObjectVersion

---@class docker.ClusterVolumeSpec
---@field AccessMode? table
---@field Group? string

---@class docker.Commit
---@field ID? string

---@class docker.ConfigReference
---@field Network? string

---@class docker.ContainerBlkioStatEntry
---@field major? integer
---@field minor? integer
---@field op? string
---@field value? integer

---@class docker.ContainerBlkioStats
---@field io_merged_recursive? docker.ContainerBlkioStatEntry[]
---@field io_queue_recursive? docker.ContainerBlkioStatEntry[]
---@field io_service_bytes_recursive? docker.ContainerBlkioStatEntry[]
---@field io_service_time_recursive? docker.ContainerBlkioStatEntry[]
---@field io_serviced_recursive? docker.ContainerBlkioStatEntry[]
---@field io_time_recursive? docker.ContainerBlkioStatEntry[]
---@field io_wait_time_recursive? docker.ContainerBlkioStatEntry[]
---@field sectors_recursive? docker.ContainerBlkioStatEntry[]

---@class docker.ContainerCPUStats
---@field cpu_usage? docker.ContainerCPUUsage
---@field online_cpus? integer
---@field system_cpu_usage? integer
---@field throttling_data? docker.ContainerThrottlingData

---@class docker.ContainerCPUUsage
---@field percpu_usage? integer[]
---@field total_usage? integer
---@field usage_in_kernelmode? integer
---@field usage_in_usermode? integer

---@class docker.ContainerConfig
---@field ArgsEscaped? boolean
---@field AttachStderr? boolean
---@field AttachStdin? boolean
---@field AttachStdout? boolean
---@field Cmd? string[]
---@field Domainname? string
---@field Entrypoint? string[]
---@field Env? string[]
---@field ExposedPorts? table<string, string>
---@field Healthcheck? docker.HealthConfig
---@field Hostname? string
---@field Image? string
---@field Labels? table<string, string>
---@field NetworkDisabled? boolean
---@field OnBuild? string[]
---@field OpenStdin? boolean
---@field Shell? string[]
---@field StdinOnce? boolean
---@field StopSignal? string
---@field StopTimeout? integer  seconds
---@field Tty? boolean
---@field User? string
---@field Volumes? table<string, string>
---@field WorkingDir? string

---@class docker.ContainerCreateResponse
---@field Id string
---@field Warnings string[]

---@class docker.ContainerInspectResponse
---@field AppArmorProfile? string
---@field Args? string[]
---@field Config? docker.ContainerConfig
---@field Created? string
---@field Driver? string
---@field ExecIDs? string[]
---@field GraphDriver? docker.DriverData
---@field HostConfig? docker.HostConfig
---@field HostnamePath? string
---@field HostsPath? string
---@field Id? string
---@field Image? string
---@field ImageManifestDescriptor? docker.OCIDescriptor
---@field LogPath? string
---@field MountLabel? string
---@field Mounts? docker.MountPoint[]
---@field Name? string
---@field NetworkSettings? docker.NetworkSettings
---@field Path? string
---@field Platform? string
---@field ProcessLabel? string
---@field ResolvConfPath? string
---@field RestartCount? integer
---@field SizeRootFs? integer  bytes
---@field SizeRw? integer  bytes
---@field State? docker.ContainerState
---@field Storage? docker.Storage

---@class docker.ContainerMemoryStats
---@field commitbytes? integer
---@field commitpeakbytes? integer
---@field failcnt? integer
---@field limit? integer
---@field max_usage? integer
---@field privateworkingset? integer
---@field stats? table<string, integer>
---@field usage? integer

---@class docker.ContainerNetworkStats
---@field endpoint_id? string
---@field instance_id? string
---@field rx_bytes? integer
---@field rx_dropped? integer
---@field rx_errors? integer
---@field rx_packets? integer
---@field tx_bytes? integer
---@field tx_dropped? integer
---@field tx_errors? integer
---@field tx_packets? integer

---@class docker.ContainerPidsStats
---@field current? integer
---@field limit? integer

---@class docker.ContainerState
---@field Dead? boolean
---@field Error? string
---@field ExitCode? integer
---@field FinishedAt? string
---@field Health? docker.Health
---@field OOMKilled? boolean
---@field Paused? boolean
---@field Pid? integer
---@field Restarting? boolean
---@field Running? boolean
---@field StartedAt? string
---@field Status? "created"|"running"|"paused"|"restarting"|"removing"|"exited"|"dead"

---@class docker.ContainerStatsResponse
---@field blkio_stats? docker.ContainerBlkioStats
---@field cpu_stats? docker.ContainerCPUStats
---@field id? string
---@field memory_stats? docker.ContainerMemoryStats
---@field name? string
---@field networks? any
---@field num_procs? integer
---@field os_type? string
---@field pids_stats? docker.ContainerPidsStats
---@field precpu_stats? docker.ContainerCPUStats
---@field preread? string  ISO 8601
---@field read? string  ISO 8601
---@field storage_stats? docker.ContainerStorageStats

---@class docker.ContainerStorageStats
---@field read_count_normalized? integer
---@field read_size_bytes? integer
---@field write_count_normalized? integer
---@field write_size_bytes? integer

---@class docker.ContainerSummary
---@field Command? string
---@field Created? integer
---@field Health? table
---@field HostConfig? table
---@field Id? string
---@field Image? string
---@field ImageID? string
---@field ImageManifestDescriptor? docker.OCIDescriptor
---@field Labels? table<string, string>
---@field Mounts? docker.MountPoint[]
---@field Names? string[]
---@field NetworkSettings? table
---@field Ports? docker.PortSummary[]
---@field SizeRootFs? integer  bytes
---@field SizeRw? integer  bytes
---@field State? "created"|"running"|"paused"|"restarting"|"exited"|"removing"|"dead"
---@field Status? string

---@class docker.ContainerThrottlingData
---@field periods? integer
---@field throttled_periods? integer
---@field throttled_time? integer

---@class docker.ContainerTopResponse
---@field Processes? string[][]
---@field Titles? string[]

---@class docker.ContainerUpdateResponse
---@field Warnings? string[]

---@class docker.ContainerWaitExitError
---@field Message? string

---@class docker.ContainerWaitResponse
---@field Error? docker.ContainerWaitExitError
---@field StatusCode integer

---@class docker.ContainerdInfo
---@field Address? string
---@field Namespaces? table

---@class docker.ContainersDiskUsage
---@field ActiveCount? integer
---@field Items? any[]
---@field Reclaimable? integer
---@field TotalCount? integer
---@field TotalSize? integer

---@class docker.DeviceInfo
---@field ID? string
---@field Source? string

---@class docker.DeviceMapping
---@field CgroupPermissions? string
---@field PathInContainer? string
---@field PathOnHost? string

---@class docker.DeviceRequest
---@field Capabilities? string[][]
---@field Count? integer
---@field DeviceIDs? string[]
---@field Driver? string
---@field Options? table<string, string>

---@class docker.DistributionInspect
---@field Descriptor docker.OCIDescriptor
---@field Platforms docker.OCIPlatform[]

---@class docker.DriverData
---@field Data table<string, string>
---@field Name string

---@class docker.EndpointIPAMConfig
---@field IPv4Address? string
---@field IPv6Address? string
---@field LinkLocalIPs? string[]

---@class docker.EndpointResource
---@field EndpointID? string
---@field IPv4Address? string
---@field IPv6Address? string
---@field MacAddress? string
---@field Name? string

---@class docker.EndpointSettings
---@field Aliases? string[]
---@field DNSNames? string[]
---@field DriverOpts? table<string, string>
---@field EndpointID? string
---@field Gateway? string
---@field GlobalIPv6Address? string
---@field GlobalIPv6PrefixLen? integer
---@field GwPriority? integer
---@field IPAMConfig? docker.EndpointIPAMConfig
---@field IPAddress? string
---@field IPPrefixLen? integer
---@field IPv6Gateway? string
---@field Links? string[]
---@field MacAddress? string
---@field NetworkID? string

---@class docker.EventActor
---@field Attributes? table<string, string>
---@field ID? string

---@class docker.EventMessage
---@field Action? string
---@field Actor? docker.EventActor
---@field Type? "builder"|"config"|"container"|"daemon"|"image"|"network"|"node"|"plugin"|"secret"|"service"|"volume"
---@field scope? "local"|"swarm"
---@field time? integer
---@field timeNano? integer

---@class docker.FilesystemChange
---@field Kind docker.ChangeType
---@field Path string

---@class docker.FirewallInfo
---@field Driver? string
---@field Info? string[][]

---@alias docker.GenericResources table[]

---@class docker.Health
---@field FailingStreak? integer
---@field Log? docker.HealthcheckResult[]
---@field Status? "none"|"starting"|"healthy"|"unhealthy"

---@class docker.HealthConfig
---@field Interval? integer  nanoseconds
---@field Retries? integer
---@field StartInterval? integer  nanoseconds
---@field StartPeriod? integer  nanoseconds
---@field Test? string[]
---@field Timeout? integer  nanoseconds

---@class docker.HealthcheckResult
---@field End? string
---@field ExitCode? integer
---@field Output? string
---@field Start? string  ISO 8601

---@class docker.HostConfig
---@field Annotations? table<string, string>
---@field AutoRemove? boolean
---@field Binds? string[]
---@field BlkioDeviceReadBps? docker.ThrottleDevice[]
---@field BlkioDeviceReadIOps? docker.ThrottleDevice[]
---@field BlkioDeviceWriteBps? docker.ThrottleDevice[]
---@field BlkioDeviceWriteIOps? docker.ThrottleDevice[]
---@field BlkioWeight? integer
---@field BlkioWeightDevice? table[]
---@field CapAdd? string[]
---@field CapDrop? string[]
---@field Cgroup? string
---@field CgroupParent? string
---@field CgroupnsMode? "private"|"host"
---@field ConsoleSize? integer[]
---@field ContainerIDFile? string
---@field CpuCount? integer
---@field CpuPercent? integer
---@field CpuPeriod? integer
---@field CpuQuota? integer
---@field CpuRealtimePeriod? integer
---@field CpuRealtimeRuntime? integer
---@field CpuShares? integer
---@field CpusetCpus? string
---@field CpusetMems? string
---@field DeviceCgroupRules? string[]
---@field DeviceRequests? docker.DeviceRequest[]
---@field Devices? docker.DeviceMapping[]
---@field Dns? string[]
---@field DnsOptions? string[]
---@field DnsSearch? string[]
---@field ExtraHosts? string[]
---@field GroupAdd? string[]
---@field IOMaximumBandwidth? integer
---@field IOMaximumIOps? integer
---@field Init? boolean
---@field IpcMode? string
---@field Isolation? "default"|"process"|"hyperv"|""
---@field Links? string[]
---@field LogConfig? table
---@field MaskedPaths? string[]
---@field Memory? integer  bytes
---@field MemoryReservation? integer  bytes
---@field MemorySwap? integer  bytes
---@field MemorySwappiness? integer
---@field Mounts? docker.Mount[]
---@field NanoCpus? integer  billionths of a CPU
---@field NetworkMode? string
---@field OomKillDisable? boolean
---@field OomScoreAdj? integer
---@field PidMode? string
---@field PidsLimit? integer
---@field PortBindings? docker.PortMap
---@field Privileged? boolean
---@field PublishAllPorts? boolean
---@field ReadonlyPaths? string[]
---@field ReadonlyRootfs? boolean
---@field RestartPolicy? docker.RestartPolicy
---@field Runtime? string
---@field SecurityOpt? string[]
---@field ShmSize? integer  bytes
---@field StorageOpt? table<string, string>
---@field Sysctls? table<string, string>
---@field Tmpfs? table<string, string>
---@field UTSMode? string
---@field Ulimits? table[]
---@field UsernsMode? string
---@field VolumeDriver? string
---@field VolumesFrom? string[]

---@class docker.IDResponse
---@field Id string

---@class docker.IPAM
---@field Config? docker.IPAMConfig[]
---@field Driver? string
---@field Options? table<string, string>

---@class docker.IPAMConfig
---@field AuxiliaryAddresses? table<string, string>
---@field Gateway? string
---@field IPRange? string
---@field Subnet? string

---@class docker.IPAMStatus
---@field Subnets? table<string, docker.SubnetStatus>

---@class docker.Identity
---@field Build? docker.BuildIdentity[]
---@field Pull? docker.PullIdentity[]
---@field Signature? docker.SignatureIdentity[]

---@class docker.ImageConfig
---@field ArgsEscaped? boolean
---@field Cmd? string[]
---@field Entrypoint? string[]
---@field Env? string[]
---@field ExposedPorts? table<string, string>
---@field Healthcheck? docker.HealthConfig
---@field Labels? table<string, string>
---@field OnBuild? string[]
---@field Shell? string[]
---@field StopSignal? string
---@field User? string
---@field Volumes? table<string, string>
---@field WorkingDir? string

---@class docker.ImageDeleteResponseItem
---@field Deleted? string
---@field Untagged? string

---@class docker.ImageHistoryResponseItem
---@field Comment string
---@field Created integer
---@field CreatedBy string
---@field Id string
---@field Size integer  bytes
---@field Tags string[]

---@class docker.ImageInspect
---@field Architecture? string
---@field Author? string
---@field Comment? string
---@field Config? docker.ImageConfig
---@field Created? string
---@field Descriptor? docker.OCIDescriptor
---@field GraphDriver? docker.DriverData
---@field Id? string
---@field Identity? docker.Identity
---@field Manifests? docker.ImageManifestSummary[]
---@field Metadata? table
---@field Os? string
---@field OsVersion? string
---@field RepoDigests? string[]
---@field RepoTags? string[]
---@field RootFS? table
---@field Size? integer  bytes
---@field Variant? string

---@class docker.ImageManifestSummary
---@field AttestationData? table
---@field Available boolean
---@field Descriptor docker.OCIDescriptor
---@field ID string
---@field ImageData? table
---@field Kind "image"|"attestation"|"unknown"
---@field Size table  bytes

---@class docker.ImageSummary
---@field Containers integer
---@field Created integer
---@field Descriptor? docker.OCIDescriptor
---@field Id string
---@field Labels table<string, string>
---@field Manifests? docker.ImageManifestSummary[]
---@field ParentId string
---@field RepoDigests string[]
---@field RepoTags string[]
---@field SharedSize integer
---@field Size integer  bytes

---@class docker.ImagesDiskUsage
---@field ActiveCount? integer
---@field Items? any[]
---@field Reclaimable? integer
---@field TotalCount? integer
---@field TotalSize? integer

---@class docker.IndexInfo
---@field Mirrors? string[]
---@field Name? string
---@field Official? boolean
---@field Secure? boolean

---@alias docker.KnownSignerIdentity "DHI"

---@alias docker.LocalNodeState ""|"inactive"|"pending"|"active"|"error"|"locked"

---@class docker.Mount
---@field BindOptions? table
---@field Consistency? string
---@field ImageOptions? table
---@field ReadOnly? boolean
---@field Source? string
---@field Target? string
---@field TmpfsOptions? table
---@field Type? docker.MountType
---@field VolumeOptions? table

---@class docker.MountPoint
---@field Destination? string
---@field Driver? string
---@field Mode? string
---@field Name? string
---@field Propagation? string
---@field RW? boolean
---@field Source? string
---@field Type? docker.MountType

---@alias docker.MountType "bind"|"cluster"|"image"|"npipe"|"tmpfs"|"volume"

---@class docker.NRIInfo
---@field Info? string[][]

---@class docker.Network
---@field Attachable? boolean
---@field ConfigFrom? docker.ConfigReference
---@field ConfigOnly? boolean
---@field Created? string
---@field Driver? string
---@field EnableIPv4? boolean
---@field EnableIPv6? boolean
---@field IPAM? docker.IPAM
---@field Id? string
---@field Ingress? boolean
---@field Internal? boolean
---@field Labels? table<string, string>
---@field Name? string
---@field Options? table<string, string>
---@field Peers? docker.PeerInfo[]
---@field Scope? string

---@class docker.NetworkConnectRequest
---@field Container string
---@field EndpointConfig? docker.EndpointSettings

---@class docker.NetworkCreateResponse
---@field Id string
---@field Warning string

---@class docker.NetworkDisconnectRequest
---@field Container string
---@field Force? boolean

---@class docker.NetworkInspect
---@field Attachable? boolean
---@field ConfigFrom? docker.ConfigReference
---@field ConfigOnly? boolean
---@field Containers? table<string, docker.EndpointResource>
---@field Created? string
---@field Driver? string
---@field EnableIPv4? boolean
---@field EnableIPv6? boolean
---@field IPAM? docker.IPAM
---@field Id? string
---@field Ingress? boolean
---@field Internal? boolean
---@field Labels? table<string, string>
---@field Name? string
---@field Options? table<string, string>
---@field Peers? docker.PeerInfo[]
---@field Scope? string
---@field Services? table
---@field Status? docker.NetworkStatus

---@class docker.NetworkSettings
---@field Networks? table<string, docker.EndpointSettings>
---@field Ports? docker.PortMap
---@field SandboxID? string
---@field SandboxKey? string

---@class docker.NetworkStatus
---@field IPAM? docker.IPAMStatus

---@class docker.NetworkSummary
---@field Attachable? boolean
---@field ConfigFrom? docker.ConfigReference
---@field ConfigOnly? boolean
---@field Created? string
---@field Driver? string
---@field EnableIPv4? boolean
---@field EnableIPv6? boolean
---@field IPAM? docker.IPAM
---@field Id? string
---@field Ingress? boolean
---@field Internal? boolean
---@field Labels? table<string, string>
---@field Name? string
---@field Options? table<string, string>
---@field Peers? docker.PeerInfo[]
---@field Scope? string

---@class docker.NetworkingConfig
---@field EndpointsConfig? table<string, docker.EndpointSettings>

---@class docker.OCIDescriptor
---@field annotations? table<string, string>
---@field artifactType? string
---@field data? string
---@field digest? string
---@field mediaType? string
---@field platform? docker.OCIPlatform
---@field size? integer
---@field urls? string[]

---@class docker.OCIPlatform
---@field architecture? string
---@field os? string
---@field ["os.features"]? string[]
---@field ["os.version"]? string
---@field variant? string

---@class docker.ObjectVersion
---@field Index? integer

---@class docker.PeerInfo
---@field IP? string
---@field Name? string

---@class docker.PeerNode
---@field Addr? string
---@field NodeID? string

---@class docker.PluginsInfo
---@field Authorization? string[]
---@field Log? string[]
---@field Network? string[]
---@field Volume? string[]

---@class docker.PortBinding
---@field HostIp? string
---@field HostPort? string

---@alias docker.PortMap table<string, docker.PortBinding[]>

---@class docker.PortSummary
---@field IP? string
---@field PrivatePort integer
---@field PublicPort? integer
---@field Type "tcp"|"udp"|"sctp"

---@class docker.ProcessConfig
---@field arguments? string[]
---@field entrypoint? string
---@field privileged? boolean
---@field tty? boolean
---@field user? string

---@class docker.PullIdentity
---@field Repository? string

---@class docker.RegistryServiceConfig
---@field IndexConfigs? table<string, docker.IndexInfo>
---@field InsecureRegistryCIDRs? string[]
---@field Mirrors? string[]

---@class docker.Resources
---@field BlkioDeviceReadBps? docker.ThrottleDevice[]
---@field BlkioDeviceReadIOps? docker.ThrottleDevice[]
---@field BlkioDeviceWriteBps? docker.ThrottleDevice[]
---@field BlkioDeviceWriteIOps? docker.ThrottleDevice[]
---@field BlkioWeight? integer
---@field BlkioWeightDevice? table[]
---@field CgroupParent? string
---@field CpuCount? integer
---@field CpuPercent? integer
---@field CpuPeriod? integer
---@field CpuQuota? integer
---@field CpuRealtimePeriod? integer
---@field CpuRealtimeRuntime? integer
---@field CpuShares? integer
---@field CpusetCpus? string
---@field CpusetMems? string
---@field DeviceCgroupRules? string[]
---@field DeviceRequests? docker.DeviceRequest[]
---@field Devices? docker.DeviceMapping[]
---@field IOMaximumBandwidth? integer
---@field IOMaximumIOps? integer
---@field Init? boolean
---@field Memory? integer  bytes
---@field MemoryReservation? integer  bytes
---@field MemorySwap? integer  bytes
---@field MemorySwappiness? integer
---@field NanoCpus? integer  billionths of a CPU
---@field OomKillDisable? boolean
---@field PidsLimit? integer
---@field Ulimits? table[]

---@class docker.RestartPolicy
---@field MaximumRetryCount? integer
---@field Name? ""|"no"|"always"|"unless-stopped"|"on-failure"

---@class docker.RootFSStorage
---@field Snapshot? docker.RootFSStorageSnapshot

---@class docker.RootFSStorageSnapshot
---@field Name? string

---@class docker.Runtime
---@field path? string
---@field runtimeArgs? string[]
---@field status? table<string, string>

---@class docker.SignatureIdentity
---@field DockerReference? string
---@field Error? string
---@field KnownSigner? docker.KnownSignerIdentity
---@field Name? string
---@field SignatureType? docker.SignatureType
---@field Signer? docker.SignerIdentity
---@field Timestamps? docker.SignatureTimestamp[]
---@field Warnings? string[]

---@class docker.SignatureTimestamp
---@field Timestamp? string  ISO 8601
---@field Type? docker.SignatureTimestampType
---@field URI? string

---@alias docker.SignatureTimestampType "Tlog"|"TimestampAuthority"

---@alias docker.SignatureType "bundle-v0.3"|"simplesigning-v1"

---@class docker.SignerIdentity
---@field BuildConfigDigest? string
---@field BuildConfigURI? string
---@field BuildSignerDigest? string
---@field BuildSignerURI? string
---@field BuildTrigger? string
---@field CertificateIssuer? string
---@field Issuer? string
---@field RunInvocationURI? string
---@field RunnerEnvironment? string
---@field SourceRepositoryDigest? string
---@field SourceRepositoryIdentifier? string
---@field SourceRepositoryOwnerIdentifier? string
---@field SourceRepositoryOwnerURI? string
---@field SourceRepositoryRef? string
---@field SourceRepositoryURI? string
---@field SourceRepositoryVisibilityAtSigning? string
---@field SubjectAlternativeName? string

---@class docker.Storage
---@field RootFS? docker.RootFSStorage

---@class docker.SubnetStatus
---@field DynamicIPsAvailable? integer
---@field IPsInUse? integer

---@class docker.SwarmInfo
---@field Cluster? docker.ClusterInfo
---@field ControlAvailable? boolean
---@field Error? string
---@field LocalNodeState? docker.LocalNodeState
---@field Managers? integer
---@field NodeAddr? string
---@field NodeID? string
---@field Nodes? integer
---@field RemoteManagers? docker.PeerNode[]

---@class docker.SwarmSpec
---@field CAConfig? table
---@field Dispatcher? table
---@field EncryptionConfig? table
---@field Labels? table<string, string>
---@field Name? string
---@field Orchestration? table
---@field Raft? table
---@field TaskDefaults? table

---@class docker.SystemInfo
---@field Architecture? string
---@field CDISpecDirs? string[]
---@field CPUSet? boolean
---@field CPUShares? boolean
---@field CgroupDriver? "cgroupfs"|"systemd"|"none"
---@field CgroupVersion? "1"|"2"
---@field Containerd? docker.ContainerdInfo
---@field ContainerdCommit? docker.Commit
---@field Containers? integer
---@field ContainersPaused? integer
---@field ContainersRunning? integer
---@field ContainersStopped? integer
---@field CpuCfsPeriod? boolean
---@field CpuCfsQuota? boolean
---@field Debug? boolean
---@field DefaultAddressPools? table[]
---@field DefaultRuntime? string
---@field DiscoveredDevices? docker.DeviceInfo[]
---@field DockerRootDir? string
---@field Driver? string
---@field DriverStatus? string[][]
---@field ExperimentalBuild? boolean
---@field FirewallBackend? docker.FirewallInfo
---@field GenericResources? docker.GenericResources
---@field HttpProxy? string
---@field HttpsProxy? string
---@field ID? string
---@field IPv4Forwarding? boolean
---@field Images? integer
---@field IndexServerAddress? string
---@field InitBinary? string
---@field InitCommit? docker.Commit
---@field Isolation? "default"|"hyperv"|"process"|""
---@field KernelVersion? string
---@field Labels? string[]
---@field LiveRestoreEnabled? boolean
---@field LoggingDriver? string
---@field MemTotal? integer
---@field MemoryLimit? boolean
---@field NCPU? integer
---@field NEventsListener? integer
---@field NFd? integer
---@field NGoroutines? integer
---@field NRI? docker.NRIInfo
---@field Name? string
---@field NoProxy? string
---@field OSType? string
---@field OSVersion? string
---@field OomKillDisable? boolean
---@field OperatingSystem? string
---@field PidsLimit? boolean
---@field Plugins? docker.PluginsInfo
---@field ProductLicense? string
---@field RegistryConfig? docker.RegistryServiceConfig
---@field RuncCommit? docker.Commit
---@field Runtimes? table<string, docker.Runtime>
---@field SecurityOptions? string[]
---@field ServerVersion? string
---@field SwapLimit? boolean
---@field Swarm? docker.SwarmInfo
---@field SystemTime? string
---@field Warnings? string[]

---@class docker.SystemVersion
---@field ApiVersion? string
---@field Arch? string
---@field BuildTime? string
---@field Components? table[]
---@field Experimental? boolean
---@field GitCommit? string
---@field GoVersion? string
---@field KernelVersion? string
---@field MinAPIVersion? string
---@field Os? string
---@field Platform? table
---@field Version? string

---@class docker.TLSInfo
---@field CertIssuerPublicKey? string
---@field CertIssuerSubject? string
---@field TrustRoot? string

---@class docker.ThrottleDevice
---@field Path? string
---@field Rate? integer

---@class docker.Topology
---@field Segments? table<string, string>

---@class docker.Volume
---@field ClusterVolume? docker.ClusterVolume
---@field CreatedAt? string
---@field Driver string
---@field Labels table<string, string>
---@field Mountpoint string
---@field Name string
---@field Options table<string, string>
---@field Scope "local"|"global"
---@field Status? table<string, table>
---@field UsageData? table

---@class docker.VolumeCreateRequest
---@field ClusterVolumeSpec? docker.ClusterVolumeSpec
---@field Driver? string
---@field DriverOpts? table<string, string>
---@field Labels? table<string, string>
---@field Name? string

---@class docker.VolumeListResponse
---@field Volumes? docker.Volume[]
---@field Warnings? string[]

---@class docker.VolumesDiskUsage
---@field ActiveCount? integer
---@field Items? any[]
---@field Reclaimable? integer
---@field TotalCount? integer
---@field TotalSize? integer

---@class docker.api
local docker_api = {}

---@class docker.each
local docker_each = {}

---@class docker.api.container_create
---@field name? string
---@field platform? string
---@field ArgsEscaped? boolean
---@field AttachStderr? boolean
---@field AttachStdin? boolean
---@field AttachStdout? boolean
---@field Cmd? string[]
---@field Domainname? string
---@field Entrypoint? string[]
---@field Env? string[]
---@field ExposedPorts? table<string, string>
---@field Healthcheck? docker.HealthConfig
---@field HostConfig? docker.HostConfig
---@field Hostname? string
---@field Image? string
---@field Labels? table<string, string>
---@field NetworkDisabled? boolean
---@field NetworkingConfig? docker.NetworkingConfig
---@field OnBuild? string[]
---@field OpenStdin? boolean
---@field Shell? string[]
---@field StdinOnce? boolean
---@field StopSignal? string
---@field StopTimeout? integer  seconds
---@field Tty? boolean
---@field User? string
---@field Volumes? table<string, string>
---@field WorkingDir? string

--- POST /containers/create
--- Raises conflict, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerCreate.
---@param params? docker.api.container_create
---@param options? os2.client.rest.call_options
---@return docker.ContainerCreateResponse
---@return os2.http.response
function docker_api.container_create(params, options) end

---@class docker.api.container_list
---@field all? boolean
---@field limit? integer
---@field size? boolean
---@field filters? string|table

--- GET /containers/json
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerList.
---@param params? docker.api.container_list
---@param options? os2.client.rest.call_options
---@return docker.ContainerSummary[]
---@return os2.http.response
function docker_api.container_list(params, options) end

---@class docker.api.container_prune
---@field filters? string|table

--- POST /containers/prune
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerPrune.
---@param params? docker.api.container_prune
---@param options? os2.client.rest.call_options
---@return table
---@return os2.http.response
function docker_api.container_prune(params, options) end

---@class docker.api.container_delete
---@field id string
---@field v? boolean
---@field force? boolean
---@field link? boolean

--- DELETE /containers/{id}
--- Raises conflict, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerDelete.
---@param params docker.api.container_delete
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_delete(params, options) end

---@class docker.api.container_archive
---@field id string
---@field path string

--- GET /containers/{id}/archive
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerArchive.
---@param params docker.api.container_archive
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.container_archive(params, options) end

---@class docker.api.container_archive_info
---@field id string
---@field path string

--- HEAD /containers/{id}/archive
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerArchiveInfo.
---@param params docker.api.container_archive_info
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_archive_info(params, options) end

---@class docker.api.put_container_archive
---@field id string
---@field path string
---@field noOverwriteDirNonDir? string
---@field copyUIDGID? string

--- PUT /containers/{id}/archive
--- The body, application/x-tar, is `options.body`.
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, PutContainerArchive.
---@param params docker.api.put_container_archive
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.put_container_archive(params, options) end

---@class docker.api.container_attach
---@field id string
---@field detachKeys? string
---@field logs? boolean
---@field stream? boolean
---@field stdin? boolean
---@field stdout? boolean
---@field stderr? boolean

--- POST /containers/{id}/attach
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerAttach.
---@param params docker.api.container_attach
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.container_attach(params, options) end

---@class docker.api.container_attach_websocket
---@field id string
---@field detachKeys? string
---@field logs? boolean
---@field stream? boolean
---@field stdin? boolean
---@field stdout? boolean
---@field stderr? boolean

--- GET /containers/{id}/attach/ws
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerAttachWebsocket.
---@param params docker.api.container_attach_websocket
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_attach_websocket(params, options) end

---@class docker.api.container_changes
---@field id string

--- GET /containers/{id}/changes
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerChanges.
---@param params docker.api.container_changes
---@param options? os2.client.rest.call_options
---@return docker.FilesystemChange[]
---@return os2.http.response
function docker_api.container_changes(params, options) end

---@class docker.api.container_export
---@field id string

--- GET /containers/{id}/export
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerExport.
---@param params docker.api.container_export
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.container_export(params, options) end

---@class docker.api.container_inspect
---@field id string
---@field size? boolean

--- GET /containers/{id}/json
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerInspect.
---@param params docker.api.container_inspect
---@param options? os2.client.rest.call_options
---@return docker.ContainerInspectResponse
---@return os2.http.response
function docker_api.container_inspect(params, options) end

---@class docker.api.container_kill
---@field id string
---@field signal? string

--- POST /containers/{id}/kill
--- Raises conflict, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerKill.
---@param params docker.api.container_kill
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_kill(params, options) end

---@class docker.api.container_logs
---@field id string
---@field follow? boolean
---@field stdout? boolean
---@field stderr? boolean
---@field since? integer  Unix seconds
---@field until? integer  Unix seconds
---@field timestamps? boolean
---@field tail? string

--- GET /containers/{id}/logs
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerLogs.
---@param params docker.api.container_logs
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.container_logs(params, options) end

---@class docker.api.container_pause
---@field id string

--- POST /containers/{id}/pause
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerPause.
---@param params docker.api.container_pause
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_pause(params, options) end

---@class docker.api.container_rename
---@field id string
---@field name string

--- POST /containers/{id}/rename
--- Raises conflict, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerRename.
---@param params docker.api.container_rename
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_rename(params, options) end

---@class docker.api.container_resize
---@field id string
---@field h integer
---@field w integer

--- POST /containers/{id}/resize
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerResize.
---@param params docker.api.container_resize
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.container_resize(params, options) end

---@class docker.api.container_restart
---@field id string
---@field signal? string
---@field t? integer  seconds

--- POST /containers/{id}/restart
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerRestart.
---@param params docker.api.container_restart
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_restart(params, options) end

---@class docker.api.container_start
---@field id string
---@field detachKeys? string

--- POST /containers/{id}/start
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerStart.
---@param params docker.api.container_start
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_start(params, options) end

---@class docker.api.container_stats
---@field id string
---@field stream? boolean
---@field ["one-shot"]? boolean

--- GET /containers/{id}/stats
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerStats.
---@param params docker.api.container_stats
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.container_stats(params, options) end

---@class docker.api.container_stop
---@field id string
---@field signal? string
---@field t? integer  seconds

--- POST /containers/{id}/stop
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerStop.
---@param params docker.api.container_stop
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_stop(params, options) end

---@class docker.api.container_top
---@field id string
---@field ps_args? string

--- GET /containers/{id}/top
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerTop.
---@param params docker.api.container_top
---@param options? os2.client.rest.call_options
---@return docker.ContainerTopResponse
---@return os2.http.response
function docker_api.container_top(params, options) end

---@class docker.api.container_unpause
---@field id string

--- POST /containers/{id}/unpause
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerUnpause.
---@param params docker.api.container_unpause
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.container_unpause(params, options) end

---@class docker.api.container_update
---@field id string
---@field BlkioDeviceReadBps? docker.ThrottleDevice[]
---@field BlkioDeviceReadIOps? docker.ThrottleDevice[]
---@field BlkioDeviceWriteBps? docker.ThrottleDevice[]
---@field BlkioDeviceWriteIOps? docker.ThrottleDevice[]
---@field BlkioWeight? integer
---@field BlkioWeightDevice? table[]
---@field CgroupParent? string
---@field CpuCount? integer
---@field CpuPercent? integer
---@field CpuPeriod? integer
---@field CpuQuota? integer
---@field CpuRealtimePeriod? integer
---@field CpuRealtimeRuntime? integer
---@field CpuShares? integer
---@field CpusetCpus? string
---@field CpusetMems? string
---@field DeviceCgroupRules? string[]
---@field DeviceRequests? docker.DeviceRequest[]
---@field Devices? docker.DeviceMapping[]
---@field IOMaximumBandwidth? integer
---@field IOMaximumIOps? integer
---@field Init? boolean
---@field Memory? integer  bytes
---@field MemoryReservation? integer  bytes
---@field MemorySwap? integer  bytes
---@field MemorySwappiness? integer
---@field NanoCpus? integer  billionths of a CPU
---@field OomKillDisable? boolean
---@field PidsLimit? integer
---@field RestartPolicy? docker.RestartPolicy
---@field Ulimits? table[]

--- POST /containers/{id}/update
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerUpdate.
---@param params docker.api.container_update
---@param options? os2.client.rest.call_options
---@return docker.ContainerUpdateResponse
---@return os2.http.response
function docker_api.container_update(params, options) end

---@class docker.api.container_wait
---@field id string
---@field condition? "not-running"|"next-exit"|"removed"

--- POST /containers/{id}/wait
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerWait.
---@param params docker.api.container_wait
---@param options? os2.client.rest.call_options
---@return docker.ContainerWaitResponse
---@return os2.http.response
function docker_api.container_wait(params, options) end

---@class docker.api.distribution_inspect
---@field name string

--- GET /distribution/{name}/json
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, DistributionInspect.
---@param params docker.api.distribution_inspect
---@param options? os2.client.rest.call_options
---@return docker.DistributionInspect
---@return os2.http.response
function docker_api.distribution_inspect(params, options) end

---@class docker.api.container_exec
---@field id string
---@field AttachStderr? boolean
---@field AttachStdin? boolean
---@field AttachStdout? boolean
---@field Cmd? string[]
---@field ConsoleSize? integer[]
---@field DetachKeys? string
---@field Env? string[]
---@field Privileged? boolean
---@field Tty? boolean
---@field User? string
---@field WorkingDir? string

--- POST /containers/{id}/exec
--- Raises conflict, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ContainerExec.
---@param params docker.api.container_exec
---@param options? os2.client.rest.call_options
---@return docker.IDResponse
---@return os2.http.response
function docker_api.container_exec(params, options) end

---@class docker.api.exec_inspect
---@field id string

--- GET /exec/{id}/json
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ExecInspect.
---@param params docker.api.exec_inspect
---@param options? os2.client.rest.call_options
---@return table
---@return os2.http.response
function docker_api.exec_inspect(params, options) end

---@class docker.api.exec_resize
---@field id string
---@field h integer
---@field w integer

--- POST /exec/{id}/resize
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ExecResize.
---@param params docker.api.exec_resize
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.exec_resize(params, options) end

---@class docker.api.exec_start
---@field id string
---@field ConsoleSize? integer[]
---@field Detach? boolean
---@field Tty? boolean

--- POST /exec/{id}/start
--- Raises conflict, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ExecStart.
---@param params docker.api.exec_start
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.exec_start(params, options) end

---@class docker.api.image_build
---@field dockerfile? string
---@field t? string  seconds
---@field extrahosts? string
---@field remote? string
---@field q? boolean
---@field nocache? boolean
---@field cachefrom? string|table
---@field pull? string
---@field rm? boolean
---@field forcerm? boolean
---@field memory? integer  bytes
---@field memswap? integer  bytes
---@field cpushares? integer
---@field cpusetcpus? string
---@field cpuperiod? integer
---@field cpuquota? integer
---@field buildargs? string|table
---@field shmsize? integer  bytes
---@field squash? boolean
---@field labels? string|table
---@field networkmode? string
---@field platform? string
---@field target? string
---@field outputs? string
---@field version? "1"|"2"
---@field session? string
---@field buildid? string

--- POST /build
--- The body, application/octet-stream, is `options.body`.
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageBuild.
---@param params? docker.api.image_build
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.image_build(params, options) end

---@class docker.api.build_prune
---@field ["reserved-space"]? integer
---@field ["max-used-space"]? integer
---@field ["min-free-space"]? integer
---@field all? boolean
---@field filters? string|table

--- POST /build/prune
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, BuildPrune.
---@param params? docker.api.build_prune
---@param options? os2.client.rest.call_options
---@return table
---@return os2.http.response
function docker_api.build_prune(params, options) end

---@class docker.api.image_commit
---@field container? string
---@field repo? string
---@field tag? string
---@field comment? string
---@field author? string
---@field pause? boolean
---@field changes? string
---@field ArgsEscaped? boolean
---@field AttachStderr? boolean
---@field AttachStdin? boolean
---@field AttachStdout? boolean
---@field Cmd? string[]
---@field Domainname? string
---@field Entrypoint? string[]
---@field Env? string[]
---@field ExposedPorts? table<string, string>
---@field Healthcheck? docker.HealthConfig
---@field Hostname? string
---@field Image? string
---@field Labels? table<string, string>
---@field NetworkDisabled? boolean
---@field OnBuild? string[]
---@field OpenStdin? boolean
---@field Shell? string[]
---@field StdinOnce? boolean
---@field StopSignal? string
---@field StopTimeout? integer  seconds
---@field Tty? boolean
---@field User? string
---@field Volumes? table<string, string>
---@field WorkingDir? string

--- POST /commit
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageCommit.
---@param params? docker.api.image_commit
---@param options? os2.client.rest.call_options
---@return docker.IDResponse
---@return os2.http.response
function docker_api.image_commit(params, options) end

---@class docker.api.image_create
---@field fromImage? string
---@field fromSrc? string
---@field repo? string
---@field tag? string
---@field message? string
---@field changes? string[]
---@field platform? string

--- POST /images/create
--- The body, text/plain, is `options.body`.
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageCreate.
---@param params? docker.api.image_create
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.image_create(params, options) end

---@class docker.api.image_get_all
---@field names? string[]
---@field platform? string[]

--- GET /images/get
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageGetAll.
---@param params? docker.api.image_get_all
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.image_get_all(params, options) end

---@class docker.api.image_list
---@field all? boolean
---@field filters? string|table
---@field ["shared-size"]? boolean
---@field digests? boolean
---@field manifests? boolean
---@field identity? boolean

--- GET /images/json
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageList.
---@param params? docker.api.image_list
---@param options? os2.client.rest.call_options
---@return docker.ImageSummary[]
---@return os2.http.response
function docker_api.image_list(params, options) end

---@class docker.api.image_load
---@field quiet? boolean
---@field platform? string[]

--- POST /images/load
--- The body, application/x-tar, is `options.body`.
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageLoad.
---@param params? docker.api.image_load
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.image_load(params, options) end

---@class docker.api.image_prune
---@field filters? string|table

--- POST /images/prune
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImagePrune.
---@param params? docker.api.image_prune
---@param options? os2.client.rest.call_options
---@return table
---@return os2.http.response
function docker_api.image_prune(params, options) end

---@class docker.api.image_search
---@field term string
---@field limit? integer
---@field filters? string|table

--- GET /images/search
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageSearch.
---@param params docker.api.image_search
---@param options? os2.client.rest.call_options
---@return table[]
---@return os2.http.response
function docker_api.image_search(params, options) end

---@class docker.api.image_delete
---@field name string
---@field force? boolean
---@field noprune? boolean
---@field platforms? string[]

--- DELETE /images/{name}
--- Raises conflict, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageDelete.
---@param params docker.api.image_delete
---@param options? os2.client.rest.call_options
---@return docker.ImageDeleteResponseItem[]
---@return os2.http.response
function docker_api.image_delete(params, options) end

---@class docker.api.image_attestations
---@field name string
---@field platform? string[]
---@field type? string[]
---@field statement? boolean

--- GET /images/{name}/attestations
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageAttestations.
---@param params docker.api.image_attestations
---@param options? os2.client.rest.call_options
---@return docker.AttestationStatement[]
---@return os2.http.response
function docker_api.image_attestations(params, options) end

---@class docker.api.image_get
---@field name string
---@field platform? string[]

--- GET /images/{name}/get
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageGet.
---@param params docker.api.image_get
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.image_get(params, options) end

---@class docker.api.image_history
---@field name string
---@field platform? string

--- GET /images/{name}/history
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageHistory.
---@param params docker.api.image_history
---@param options? os2.client.rest.call_options
---@return docker.ImageHistoryResponseItem[]
---@return os2.http.response
function docker_api.image_history(params, options) end

---@class docker.api.image_inspect
---@field name string
---@field manifests? boolean
---@field platform? string

--- GET /images/{name}/json
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageInspect.
---@param params docker.api.image_inspect
---@param options? os2.client.rest.call_options
---@return docker.ImageInspect
---@return os2.http.response
function docker_api.image_inspect(params, options) end

---@class docker.api.image_push
---@field name string
---@field tag? string
---@field platform? string

--- POST /images/{name}/push
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImagePush.
---@param params docker.api.image_push
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.image_push(params, options) end

---@class docker.api.image_tag
---@field name string
---@field repo? string
---@field tag? string

--- POST /images/{name}/tag
--- Raises conflict, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, ImageTag.
---@param params docker.api.image_tag
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.image_tag(params, options) end

---@class docker.api.network_list
---@field filters? string|table

--- GET /networks
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, NetworkList.
---@param params? docker.api.network_list
---@param options? os2.client.rest.call_options
---@return docker.NetworkSummary[]
---@return os2.http.response
function docker_api.network_list(params, options) end

---@class docker.api.network_create
---@field Attachable? boolean
---@field ConfigFrom? docker.ConfigReference
---@field ConfigOnly? boolean
---@field Driver? string
---@field EnableIPv4? boolean
---@field EnableIPv6? boolean
---@field IPAM? docker.IPAM
---@field Ingress? boolean
---@field Internal? boolean
---@field Labels? table<string, string>
---@field Name string
---@field Options? table<string, string>
---@field Scope? string

--- POST /networks/create
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, NetworkCreate.
---@param params docker.api.network_create
---@param options? os2.client.rest.call_options
---@return docker.NetworkCreateResponse
---@return os2.http.response
function docker_api.network_create(params, options) end

---@class docker.api.network_prune
---@field filters? string|table

--- POST /networks/prune
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, NetworkPrune.
---@param params? docker.api.network_prune
---@param options? os2.client.rest.call_options
---@return table
---@return os2.http.response
function docker_api.network_prune(params, options) end

---@class docker.api.network_delete
---@field id string

--- DELETE /networks/{id}
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, NetworkDelete.
---@param params docker.api.network_delete
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.network_delete(params, options) end

---@class docker.api.network_inspect
---@field id string
---@field verbose? boolean
---@field scope? string

--- GET /networks/{id}
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, NetworkInspect.
---@param params docker.api.network_inspect
---@param options? os2.client.rest.call_options
---@return docker.NetworkInspect
---@return os2.http.response
function docker_api.network_inspect(params, options) end

---@class docker.api.network_connect
---@field id string
---@field Container string
---@field EndpointConfig? docker.EndpointSettings

--- POST /networks/{id}/connect
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, NetworkConnect.
---@param params docker.api.network_connect
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.network_connect(params, options) end

---@class docker.api.network_disconnect
---@field id string
---@field Container string
---@field Force? boolean

--- POST /networks/{id}/disconnect
--- Raises denied, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, NetworkDisconnect.
---@param params docker.api.network_disconnect
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.network_disconnect(params, options) end

--- POST /session
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, Session.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.session(params, options) end

--- GET /_ping
--- Raises network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, SystemPing.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.system_ping(params, options) end

--- HEAD /_ping
--- Raises network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, SystemPingHead.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.system_ping_head(params, options) end

---@class docker.api.system_auth
---@field password? string
---@field serveraddress? string
---@field username? string

--- POST /auth
--- Raises denied, invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, SystemAuth.
---@param params? docker.api.system_auth
---@param options? os2.client.rest.call_options
---@return docker.AuthResponse
---@return os2.http.response
function docker_api.system_auth(params, options) end

---@class docker.api.system_events
---@field since? string  Unix seconds
---@field until? string  Unix seconds
---@field filters? string|table

--- GET /events
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, SystemEvents.
---@param params? docker.api.system_events
---@param options? os2.client.rest.call_options
---@return string
---@return os2.http.response
function docker_api.system_events(params, options) end

--- GET /info
--- Raises network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, SystemInfo.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return docker.SystemInfo
---@return os2.http.response
function docker_api.system_info(params, options) end

---@class docker.api.system_data_usage
---@field type? ("container"|"image"|"volume"|"build-cache")[]
---@field verbose? boolean

--- GET /system/df
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, SystemDataUsage.
---@param params? docker.api.system_data_usage
---@param options? os2.client.rest.call_options
---@return table
---@return os2.http.response
function docker_api.system_data_usage(params, options) end

--- GET /version
--- Raises network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, SystemVersion.
---@param params? {}
---@param options? os2.client.rest.call_options
---@return docker.SystemVersion
---@return os2.http.response
function docker_api.system_version(params, options) end

---@class docker.api.volume_list
---@field filters? string|table

--- GET /volumes
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, VolumeList.
---@param params? docker.api.volume_list
---@param options? os2.client.rest.call_options
---@return docker.VolumeListResponse
---@return os2.http.response
function docker_api.volume_list(params, options) end

---@class docker.api.volume_create
---@field ClusterVolumeSpec? docker.ClusterVolumeSpec
---@field Driver? string
---@field DriverOpts? table<string, string>
---@field Labels? table<string, string>
---@field Name? string

--- POST /volumes/create
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, VolumeCreate.
---@param params? docker.api.volume_create
---@param options? os2.client.rest.call_options
---@return docker.Volume
---@return os2.http.response
function docker_api.volume_create(params, options) end

---@class docker.api.volume_prune
---@field filters? string|table

--- POST /volumes/prune
--- Raises invalid, network, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, VolumePrune.
---@param params? docker.api.volume_prune
---@param options? os2.client.rest.call_options
---@return table
---@return os2.http.response
function docker_api.volume_prune(params, options) end

---@class docker.api.volume_delete
---@field name string
---@field force? boolean

--- DELETE /volumes/{name}
--- Raises conflict, invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, VolumeDelete.
---@param params docker.api.volume_delete
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.volume_delete(params, options) end

---@class docker.api.volume_inspect
---@field name string

--- GET /volumes/{name}
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, VolumeInspect.
---@param params docker.api.volume_inspect
---@param options? os2.client.rest.call_options
---@return docker.Volume
---@return os2.http.response
function docker_api.volume_inspect(params, options) end

---@class docker.api.volume_update
---@field name string
---@field version integer
---@field Spec? docker.ClusterVolumeSpec

--- PUT /volumes/{name}
--- Raises invalid, network, not_found, timeout, unavailable.
--- Source: the description of the Docker Engine API 1.56, VolumeUpdate.
---@param params docker.api.volume_update
---@param options? os2.client.rest.call_options
---@return any
---@return os2.http.response
function docker_api.volume_update(params, options) end
