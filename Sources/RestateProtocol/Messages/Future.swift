/// Describes what an invocation waits for, as a tree of combinators over notifications.
package struct FutureTree: FieldCoded {
    /// The leaves of this node, by completion id, signal index and signal name.
    package var completions: [UInt32] = []
    package var signals: [UInt32] = []
    package var namedSignals: [String] = []
    package var nested: [FutureTree] = []
    package var combinator = Combinator.unknown

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: try fields.append(field, to: &completions)
        case 2: try fields.append(field, to: &signals)
        case 3: namedSignals.append(try fields.string(field))
        case 4: nested.append(try fields.message(field))
        case 5: combinator = Combinator(rawValue: try fields.uint32(field)) ?? .unknown
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.packed(1, completions)
        fields.packed(2, signals)
        for name in namedSignals { fields.optional(3, name) }
        fields.messages(4, nested)
        fields.uint32(5, combinator.rawValue)
    }
}

/// Decides when a node of the tree is complete.
package enum Combinator: UInt32, CaseIterable, Sendable {
    /// Only the program can tell when the node is complete, as with mapped futures and time-outs.
    /// So the server resumes it after any change.
    case unknown = 0
    case firstCompleted = 1
    case allCompleted = 2
    case firstSucceededOrAllFailed = 3
    case allSucceededOrFirstFailed = 4
}

/// Ends an attempt until one of the awaited notifications has arrived.
///
/// Before version 7 the three flat lists are filled in, and from version 7 on the tree.
package struct SuspensionMessage: TypedMessage {
    package static let type = MessageType.suspension
    package var completions: [UInt32] = []
    package var signals: [UInt32] = []
    package var namedSignals: [String] = []
    package var awaitingOn: FutureTree?

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: try fields.append(field, to: &completions)
        case 2: try fields.append(field, to: &signals)
        case 3: namedSignals.append(try fields.string(field))
        case 4: awaitingOn = try fields.message(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.packed(1, completions)
        fields.packed(2, signals)
        for name in namedSignals { fields.optional(3, name) }
        if let awaitingOn { fields.message(4, awaitingOn) }
    }
}

/// Tells the server what a running attempt waits for. The server only displays it.
package struct AwaitingOnMessage: TypedMessage {
    package static let type = MessageType.awaitingOn
    package var awaitingOn: FutureTree?
    /// Whether closures of runs are executing at the same time.
    package var executingSideEffects = false

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: awaitingOn = try fields.message(field)
        case 2: executingSideEffects = try fields.bool(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        if let awaitingOn { fields.message(1, awaitingOn) }
        fields.bool(2, executingSideEffects)
    }
}
