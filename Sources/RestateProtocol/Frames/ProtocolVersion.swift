/// The negotiated version of the invocation protocol.
///
/// This is the only place that compares versions: everything else asks for an ability.
package enum ProtocolVersion: Int, CaseIterable, Comparable, Sendable {
    case v5 = 5
    case v6 = 6
    case v7 = 7

    package static let lowest = v5
    package static let highest = v7
    package static let contentTypePrefix = "application/vnd.restate.invocation.v"

    /// The content type of both directions of an invocation, compared as an exact string.
    package var contentType: StaticString {
        switch self {
        case .v5: "application/vnd.restate.invocation.v5"
        case .v6: "application/vnd.restate.invocation.v6"
        case .v7: "application/vnd.restate.invocation.v7"
        }
    }

    /// The version that a request speaks, by its content type.
    package init(contentType: String?) throws(NegotiationError) {
        let match = Self.allCases.first { $0.contentType.description == contentType }
        guard let match else { throw NegotiationError(contentType: contentType) }
        self = match
    }

    /// `Failure.metadata` may be sent.
    package var carriesFailureMetadata: Bool { self >= .v6 }
    /// `Start.random_seed` is filled in; before, the seed follows from the invocation's id.
    package var carriesRandomSeed: Bool { self >= .v6 }
    /// A suspension names a tree of futures instead of three flat lists.
    package var suspendsOnTree: Bool { self >= .v7 }
    /// `AwaitingOn` may be sent.
    package var reportsAwaiting: Bool { self >= .v7 }
    /// A run's proposal is answered by a short acknowledgement instead of the whole result.
    package var acknowledgesRuns: Bool { self >= .v7 }
    /// `Start` and commands carry scope, limit key and idempotency key.
    package var carriesScopes: Bool { self >= .v7 }
    /// `Error.behavior` may ask for a pause or a failure.
    package var carriesErrorBehavior: Bool { self >= .v7 }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Why a request cannot be spoken with. All are answered with HTTP status 415.
package enum NegotiationError: Error, Equatable, CustomStringConvertible {
    case missing
    case unsupportedVersion(String)
    case notAnInvocation(String)

    /// What is wrong with a content type that is none of ours.
    package init(contentType: String?) {
        switch contentType {
        case nil: self = .missing
        case let type? where type.hasPrefix(ProtocolVersion.contentTypePrefix):
            self = .unsupportedVersion(type)
        case let type?: self = .notAnInvocation(type)
        }
    }

    package var description: String {
        let range =
            "\(ProtocolVersion.lowest.contentType) to \(ProtocolVersion.highest.contentType)"
        return switch self {
        case .missing:
            "The request has no content-type. Invocations come from a Restate server, as \(range)."
        case .unsupportedVersion(let type):
            "The service protocol version '\(type)' is not supported; this endpoint speaks "
                + "\(range). Register the deployment again, so that the server learns the "
                + "versions (error RT0015)."
        case .notAnInvocation(let type):
            "The content-type '\(type)' is not an invocation. Handlers are invoked through a "
                + "Restate server, which sends \(range)."
        }
    }
}
