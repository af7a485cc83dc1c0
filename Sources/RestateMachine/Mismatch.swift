import RestateProtocol

/// The texts of journal mismatches. Each names the place, what was recorded, what the code
/// attempted, and the usual causes.
enum Mismatch {
    private static let advice = """
        The journal of this invocation was recorded by an execution that took another path. \
        Usually the handler is not deterministic (it uses time, random numbers or other state \
        outside of run), or its code has changed while the invocation was under way.
        """

    static func type(
        recorded: Frame, attempted: RelatedCommand, at site: CallSite
    ) -> String {
        let name = (try? RecordedName(decoding: recorded.payload))?.name ?? ""
        return """
            Journal mismatch: the code does not do what was recorded as command \(attempted.index).
              recorded:  \(label(recorded.type?.word ?? "command " + MessageType.hexCode(recorded.code), name))
              attempted: \(label(attempted.type.word, attempted.name)) at \(site)
            \(advice)
            """
    }

    static func fields(
        _ lines: [String], attempted: RelatedCommand, at site: CallSite
    ) -> String {
        let command = label(attempted.type.word, attempted.name)
        return """
            Journal mismatch: \(command), command \(attempted.index) at \(site), is not the one \
            that was recorded (recorded != attempted):
            \(lines.map { "  " + $0 }.joined(separator: "\n"))
            \(advice)
            """
    }

    static func await(_ pending: [String], at site: CallSite) -> String {
        let shown = pending.prefix(20).map { "  - " + $0 }
        let more = pending.count > 20 ? ["  … and \(pending.count - 20) more"] : []
        return """
            Journal mismatch: the code waits at \(site) for results that the journal does not \
            have:
            \((shown + more).joined(separator: "\n"))
            The recorded execution came past this point, so it did not wait here: most likely \
            an await was added.
            \(advice)
            """
    }

    private static func label(_ word: String, _ name: String) -> String {
        name.isEmpty ? word : "\(word) '\(Excerpt.text(name))'"
    }
}

/// Reads the name of a recorded command of any type: the protocol uses field 12 for it in all of
/// them.
private struct RecordedName: FieldCoded {
    var name = ""

    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError) {
        switch field.number {
        case 12: name = try fields.string(field)
        default: try fields.skip(field)
        }
    }

    func encode(into fields: inout FieldWriter) {
        fields.string(12, name)
    }
}
