package import RestateProtocol

/// What is settled about an invocation when it begins.
///
/// The runtime, the results, the records and the tables all hold this one value: a new field is added
/// here and in `InvocationRecord`, which stores it.
package struct InvocationHead: Equatable, Sendable {
    package var id: InvocationIdentity
    /// Under which it is stored: later ones have higher numbers. 0 until it begins.
    var serial: UInt64 = 0
    package var target: TargetName
    package var serviceKind: ServiceKind
    package var handlerKind: HandlerRecord.Kind
    package var caller = Caller.ingress
    package var idempotencyKey: String?
    package var createdAt: Timestamp = 0
    package var completionRetention: Milliseconds = 0
    package var journalRetention: Milliseconds = 0
    /// Of the invocation whose journal this one goes on with; nil for its own, which its id gives.
    var givenSeed: UInt64?

    /// An invocation with its number: an id comes again when its invocation was forgotten and is
    /// called anew, and that one has asked nothing yet.
    struct Asker: Equatable, Sendable {
        var id: InvocationIdentity
        var serial: UInt64
    }

    var asker: Asker { Asker(id: id, serial: serial) }

    /// Whose state and promises it has, if it has a key.
    var owner: StateOwner? {
        target.key.map { StateOwner(service: target.service, key: $0) }
    }

    /// The seed of its random numbers: the same in all its attempts.
    var randomSeed: UInt64 { givenSeed ?? id.randomSeed }
}

/// What an invocation comes to once, if at all.
package struct InvocationMilestones: Equatable, Sendable {
    package var scheduledFor: Timestamp?
    package var scheduledAt: Timestamp?
    package var inboxedAt: Timestamp?
    package var runningAt: Timestamp?
    package var pinned: PinnedDeployment?
}

/// The deployment that an invocation stays with, and the version in which its journal is written.
package struct PinnedDeployment: Equatable, Sendable {
    package var deployment: String
    package var version: ProtocolVersion
}

/// A value that several hold and nobody changes. To hold on to it costs the count of one reference,
/// where a copy would count one for each text in it.
@dynamicMemberLookup
package final class Shared<Value: Sendable>: Sendable {
    package let value: Value

    init(_ value: Value) { self.value = value }

    @inline(__always)
    package subscript<Member>(dynamicMember member: KeyPath<Value, Member>) -> Member {
        value[keyPath: member]
    }
}
