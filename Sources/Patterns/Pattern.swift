public import Restate

/// A small application on top of the SDK, to be copied.
public struct Pattern: Sendable {
    /// By which the command calls it.
    public let name: String
    public let group: PatternGroup
    public let purpose: String
    /// Its services, with these effects.
    public let services: @Sendable (PatternSettings) -> [any RestateService]
    /// Lines for a shell that try it out, with the usual addresses.
    public let lines: String
    /// How to build with it, if this build lacks something that it needs.
    public var isMissing: String?

    /// All of them, in the order of the groups.
    public static let all = communication + orchestration + scheduling + events + coordination

    /// The pattern of a name.
    public static func named(_ name: String) -> Pattern? { all.first { $0.name == name } }
}

/// What the services of patterns are made with.
public struct PatternSettings: Sendable {
    public var effects: any OutsideEffects
    /// Where the outside parts are served.
    public var partsURL = "http://localhost:9096"
    /// Who makes the payments of `signalspayments`.
    public var payments: any PaymentProvider
    /// With which the webhooks of `signalspayments` are signed.
    public var webhookSecret: String
    /// The PostgreSQL of `database`.
    public var databaseURL = ExampleDatabase.url
    public var workTime = Duration.seconds(2)
    public var expensiveTime = Duration.seconds(5)
    /// How long it is from one reminder to the next.
    public var interval = Duration.seconds(86400)
    /// Fails an attempt of `statefulactors` now and then.
    public var mayFail: @Sendable () throws -> Void = {}

    public init(
        _ effects: any OutsideEffects, payments: any PaymentProvider, webhookSecret: String
    ) {
        self.effects = effects
        self.payments = payments
        self.webhookSecret = webhookSecret
    }
}

/// Two patterns cannot be served together.
public struct PatternClash: Error, CustomStringConvertible, Sendable {
    public let description: String
}

extension Pattern {
    /// The services of several patterns. A service that two of them share is served once.
    /// - Throws: ``PatternClash`` if two services of different types have one name.
    public static func services(
        of patterns: [Pattern], _ settings: PatternSettings
    ) throws(PatternClash) -> [any RestateService] {
        var services: [any RestateService] = []
        var owners: [String: (pattern: String, type: any RestateService.Type)] = [:]
        for pattern in patterns {
            for service in pattern.services(settings) {
                let type = type(of: service)
                guard let owner = owners[type.name] else {
                    owners[type.name] = (pattern.name, type)
                    services.append(service)
                    continue
                }
                if owner.type != type {
                    throw PatternClash(
                        description:
                            "\(owner.pattern) and \(pattern.name) cannot be served together: both "
                            + "have a service '\(type.name)'.")
                }
            }
        }
        return services
    }
}
