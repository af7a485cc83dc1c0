public import Restate

/// Follows a package: events of its way are joined with what its registration said. Its key is the package's id, and
/// its state can be queried.
public struct PackageTracker: VirtualObject {
    public static let name = "package-tracker"

    public struct PackageInfo: Codable, Equatable, Sendable {
        public var finalDestination: String
        public var locations: [LocationUpdate]?

        public init(finalDestination: String, locations: [LocationUpdate]? = nil) {
            self.finalDestination = finalDestination
            self.locations = locations
        }
    }

    public struct LocationUpdate: Codable, Equatable, Sendable {
        public var timestamp: String
        public var location: String

        public init(timestamp: String, location: String) {
            self.timestamp = timestamp
            self.location = location
        }
    }

    static let info = StateKey<PackageInfo?>("package-info")

    public init() {}

    func registerPackage(_ ctx: ObjectContext, package: PackageInfo) async throws {
        var package = package
        if let known = try await ctx.get(Self.info)?.locations {
            package.locations = known + (package.locations ?? [])
        }
        ctx.set(Self.info, package)
    }

    func updateLocation(_ ctx: ObjectContext, update: LocationUpdate) async throws {
        guard var package = try await ctx.get(Self.info) else {
            throw TerminalError("Package \(ctx.key) not found", code: 404)
        }
        package.locations = (package.locations ?? []) + [update]
        ctx.set(Self.info, package)
    }

    func getPackageInfo(_ ctx: SharedObjectContext) async throws -> Nullable<PackageInfo> {
        Nullable(try await ctx.get(Self.info))
    }

    public struct API: HandlerTable {
        public let registerPackage = exclusive(PackageTracker.registerPackage)
        public let updateLocation = exclusive(PackageTracker.updateLocation)
        public let getPackageInfo = shared(PackageTracker.getPackageInfo)

        public init() {}
    }
}
