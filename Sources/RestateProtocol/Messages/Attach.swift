/// Identifies an invocation by its id, by an idempotency key, or by a workflow's key.
package enum InvocationTarget: Equatable, Sendable {
    case id(String)
    case idempotent(IdempotentRequestTarget)
    case workflow(WorkflowTarget)
}

/// Identifies the invocation that an earlier request with this idempotency key started.
package struct IdempotentRequestTarget: FieldCoded {
    package var service = ""
    /// The key of the virtual object or workflow; nil for a service.
    package var key: String?
    package var handler = ""
    package var idempotencyKey = ""
    package var scope: String?

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: service = try fields.string(field)
        case 2: key = try fields.string(field)
        case 3: handler = try fields.string(field)
        case 4: idempotencyKey = try fields.string(field)
        case 5: scope = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, service)
        fields.optional(2, key)
        fields.string(3, handler)
        fields.string(4, idempotencyKey)
        fields.optional(5, scope)
    }
}

/// Identifies the `run` invocation of a workflow.
package struct WorkflowTarget: FieldCoded {
    package var workflow = ""
    package var key = ""
    package var scope: String?

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: workflow = try fields.string(field)
        case 2: key = try fields.string(field)
        case 3: scope = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.string(1, workflow)
        fields.string(2, key)
        fields.optional(3, scope)
    }
}

/// Waits for the result of an invocation that was started elsewhere.
package struct AttachInvocationCommand: CommandMessage {
    package static let type = MessageType.attachInvocationCommand
    package static let word = "attach invocation"
    package var target: InvocationTarget?
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 11: completionID = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.target(field, into: &target)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.target(target)
        fields.uint32(11, completionID)
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("target", recorded.target, target)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

/// Reads the result of an invocation without waiting; it may have none yet.
package struct GetInvocationOutputCommand: CommandMessage {
    package static let type = MessageType.getInvocationOutputCommand
    package static let word = "get invocation output"
    package var target: InvocationTarget?
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 11: completionID = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.target(field, into: &target)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.target(target)
        fields.uint32(11, completionID)
        fields.string(12, name)
    }

    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("target", recorded.target, target)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension FieldReader {
    /// Reads a field of the `oneof target`, which has the same numbers in both commands.
    fileprivate mutating func target(
        _ field: Field, into target: inout InvocationTarget?
    ) throws(WireError) {
        switch field.number {
        case 1: target = .id(try string(field))
        case 3: target = .idempotent(try message(field))
        case 4: target = .workflow(try message(field))
        default: try skip(field)
        }
    }
}

extension FieldWriter {
    fileprivate mutating func target(_ target: InvocationTarget?) {
        switch target {
        case .id(let id): optional(1, id)
        case .idempotent(let target): message(3, target)
        case .workflow(let target): message(4, target)
        case nil: break
        }
    }
}
