package import Primitives
package import RestateProtocol

/// What is fixed when an invocation begins, and never changes.
///
/// The runtime, the results, the records and the SQL tables all share this value. A new field is
/// added here and in `InvocationRecord`, which stores it.
package struct InvocationHead: Equatable, Sendable {
    package var id: InvocationIdentity
    /// The number under which the invocation is stored. Later invocations have higher ones. It is 0
    /// until the invocation is in the table.
    var serial: UInt64 = 0
    package var target: TargetName
    package var serviceKind: ServiceKind
    package var handlerKind: HandlerRecord.Kind
    package var caller = Caller.ingress
    package var idempotencyKey: String?
    package var createdAt: Timestamp = 0
    package var completionRetention: Milliseconds = 0
    package var journalRetention: Milliseconds = 0
    /// The seed of the handler's random numbers: that of the invocation whose journal this one continues, or
    /// one that follows from the id. It is nil for what an earlier version has begun.
    var seed: UInt64?
    /// The trace that the invocation belongs to, if its caller had one.
    package var trace: InvocationTrace?

    /// An invocation that waits for something, named by id and serial number. The id alone does not
    /// suffice: after an invocation was forgotten, a new call can have the same id, and that one
    /// has not asked.
    struct Asker: Equatable, Sendable {
        var id: InvocationIdentity
        var serial: UInt64
    }

    var asker: Asker { Asker(id: id, serial: serial) }

    /// The key whose state and promises the invocation uses; nil for a service without keys.
    var owner: StateOwner? {
        target.key.map { StateOwner(service: target.service, key: $0) }
    }

    /// The seed of the handler's random numbers, which is the same in all attempts.
    var randomSeed: UInt64 { seed ?? id.earlierRandomSeed }
}

/// A place in a trace, which an invocation hands on to its attempts and to those that it calls. A server
/// with tracing does the same.
package struct InvocationTrace: Equatable, Sendable {
    package var parent: TraceParent
    /// The value of `tracestate`, as it came; empty for none.
    package var state = ""

    package init(_ parent: TraceParent, state: String = "") {
        self.parent = parent
        self.state = state
    }

    /// From the headers of a request; nil without a valid `traceparent`.
    init?(_ headers: [Header]) {
        guard let header = headers.first(where: { $0.key == "traceparent" }),
            let parent = TraceParent(header.value)
        else { return nil }
        self.init(parent, state: headers.first { $0.key == "tracestate" }?.value ?? "")
    }
}

/// The events that happen to an invocation at most once, and when they did.
package struct InvocationMilestones: Equatable, Sendable {
    package var scheduledFor: Timestamp?
    package var scheduledAt: Timestamp?
    package var inboxedAt: Timestamp?
    package var runningAt: Timestamp?
    package var pinned: PinnedDeployment?
}

/// The deployment on which an invocation stays from its first command on, and the protocol version
/// in which its journal is written. Other code might not replay that journal.
package struct PinnedDeployment: Equatable, Sendable {
    package var deployment: String
    package var version: ProtocolVersion
}

/// An immutable value behind one reference. Copying a struct with many strings counts a reference
/// for each of them; copying this counts one.
@dynamicMemberLookup
package final class Shared<Value: Sendable>: Sendable {
    package let value: Value

    init(_ value: Value) { self.value = value }

    @inline(__always)
    package subscript<Member>(dynamicMember member: KeyPath<Value, Member>) -> Member {
        value[keyPath: member]
    }
}
