/// Sends a signal to an invocation, by name or by index. Index 1 cancels the invocation, and the
/// indexes from 17 on are its awakeables.
package struct SendSignalCommand: CommandMessage {
    package enum Selector: Equatable, Sendable {
        case index(UInt32)
        case name(String)
    }
    /// What the receiver's signal future returns.
    package enum Result: Equatable, Sendable {
        case void
        case value(Bytes)
        case failure(Failure)
    }

    package static let type = MessageType.sendSignalCommand
    package static let word = "send signal"
    /// The index of the built-in signal that cancels an invocation.
    package static let cancel: UInt32 = 1

    /// The id of the invocation that receives the signal.
    package var target = ""
    package var signal: Selector?
    package var result: Result?
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: target = try fields.string(field)
        case 2: signal = .index(try fields.uint32(field))
        case 3: signal = .name(try fields.string(field))
        case 4:
            try fields.skip(field)
            result = .void
        case 5: result = .value(try fields.value(field))
        case 6: result = .failure(try fields.message(field))
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, target)
        switch signal {
        case .index(let index): fields.optional(2, index)
        case .name(let name): fields.optional(3, name)
        case nil: break
        }
        switch result {
        case .void: fields.void(4)
        case .value(let value): fields.value(5, value)
        case .failure(let failure): fields.message(6, failure)
        case nil: break
        }
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("target_invocation_id", recorded.target, target)
        comparison.check("signal", recorded.signal?.text, signal?.text)
        comparison.result(
            "result", recorded.result.map(NotificationResult.init),
            result.map(NotificationResult.init))
        comparison.check("entry_name", recorded.name, name)
    }
}

/// Resolves or rejects an awakeable, which usually belongs to another invocation, by its id.
package struct CompleteAwakeableCommand: CommandMessage {
    package static let type = MessageType.completeAwakeableCommand
    package static let word = "complete awakeable"
    package var awakeableID = ""
    package var result: ValueOrFailure?
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: awakeableID = try fields.string(field)
        case 2: result = .value(try fields.value(field))
        case 3: result = .failure(try fields.message(field))
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, awakeableID)
        switch result {
        case .value(let value): fields.value(2, value)
        case .failure(let failure): fields.message(3, failure)
        case nil: break
        }
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("awakeable_id", recorded.awakeableID, awakeableID)
        comparison.result("result", recorded.result, result)
        comparison.check("name", recorded.name, name)
    }
}

extension SendSignalCommand.Selector {
    fileprivate var text: String {
        switch self {
        case .index(let index): "index \(index)"
        case .name(let name): "name \(name)"
        }
    }
}
