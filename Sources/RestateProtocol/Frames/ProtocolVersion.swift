/// The negotiated version of the invocation protocol.
///
/// Only this type compares versions: all other code asks for a capability, so support for a new
/// version is added in one place.
package enum ProtocolVersion: Int, CaseIterable, Comparable, Sendable {
    case v5 = 5
    case v6 = 6
    case v7 = 7

    package static let lowest = v5
    package static let highest = v7
    package static let contentTypePrefix = "application/vnd.restate.invocation.v"

    /// The content type of the requests and responses of an invocation. It is compared as an exact
    /// string.
    package var contentType: StaticString {
        switch self {
        case .v5: "application/vnd.restate.invocation.v5"
        case .v6: "application/vnd.restate.invocation.v6"
        case .v7: "application/vnd.restate.invocation.v7"
        }
    }

    /// Finds the version of a request by its content type.
    package init(contentType: String?) throws(NegotiationError) {
        let match = Self.allCases.first { $0.contentType.description == contentType }
        guard let match else { throw NegotiationError(contentType: contentType) }
        self = match
    }

    /// Whether `Failure.metadata` may be sent.
    package var carriesFailureMetadata: Bool { self >= .v6 }
    /// Whether `Start` has a random seed. In version 5 the seed is derived from the invocation's
    /// id.
    package var carriesRandomSeed: Bool { self >= .v6 }
    /// Whether a suspension carries a tree of futures. In older versions it has three flat lists.
    package var suspendsOnTree: Bool { self >= .v7 }
    /// Whether `AwaitingOn` may be sent.
    package var reportsAwaiting: Bool { self >= .v7 }
    /// Whether a run's proposal may be answered by an acknowledgement. In older versions the server
    /// sends the whole result back.
    package var acknowledgesRuns: Bool { self >= .v7 }
    /// Whether `Start` and the commands have a scope, a limit key and an idempotency key.
    package var carriesScopes: Bool { self >= .v7 }
    /// Whether `Error.behavior` may ask the server to pause or to fail the invocation.
    package var carriesErrorBehavior: Bool { self >= .v7 }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The reason why a request has no usable protocol version. The response is HTTP status 415.
package enum NegotiationError: Error, Equatable, CustomStringConvertible {
    case missing
    case unsupportedVersion(String)
    case notAnInvocation(String)

    /// Classifies a content type that belongs to no supported version.
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
            "The request has no content-type. A Restate server invokes handlers with \(range)."
        case .unsupportedVersion(let type):
            "The service protocol version '\(type)' is not supported; this endpoint supports "
                + "\(range). Register the deployment again, so that the server learns the "
                + "versions (error RT0015)."
        case .notAnInvocation(let type):
            "The content-type '\(type)' is not an invocation. Handlers are invoked through a "
                + "Restate server, which sends \(range)."
        }
    }
}
