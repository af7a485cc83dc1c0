/// What an invocation waits for, as a tree of combinators over notifications.
package struct FutureTree: FieldCoded {
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

/// When a node of the tree is decided.
package enum Combinator: UInt32, CaseIterable, Sendable {
    /// Only the program can say: mapped futures and time-outs.
    case unknown = 0
    case firstCompleted = 1
    case allCompleted = 2
    case firstSucceededOrAllFailed = 3
    case allSucceededOrFirstFailed = 4
}

/// Ends an attempt: call again when one of these has happened.
/// Before version 7 the three flat lists are filled in, from then on the tree.
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

/// Tells the server, which only shows it, what a running attempt waits for.
package struct AwaitingOnMessage: TypedMessage {
    package static let type = MessageType.awaitingOn
    package var awaitingOn: FutureTree?
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
