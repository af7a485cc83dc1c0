/// Sets a durable timer. A sleep completion with the same id arrives when it fires.
package struct SleepCommand: CommandMessage {
    package static let type = MessageType.sleepCommand
    package static let word = "sleep"
    package var wakeUpTime: UInt64 = 0  // milliseconds since 1970
    package var completionID: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func decode(
        _ field: Field, from fields: inout FieldReader
    ) throws(WireError) {
        switch field.number {
        case 1: wakeUpTime = try fields.uint64(field)
        case 11: completionID = try fields.uint32(field)
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    package func encode(into fields: inout FieldWriter) {
        fields.uint64(1, wakeUpTime)
        fields.uint32(11, completionID)
        fields.string(12, name)
    }

    /// The wake-up time is not compared: it was computed from the clock and is later in every
    /// attempt.
    package func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("name", recorded.name, name)
    }
}
