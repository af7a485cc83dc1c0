internal import Primitives
internal import RestateProtocol

/// The first place where today's program does something else than what was recorded.
///
/// ```
/// Checkout/process, invocation inv_1fsg95kbGEBB… (Checkout-process-inv_1fsg95kbGEBB….json), command 3:
///   recorded:  run 'process-payment' at Shop/Checkout.swift:82
///   now:       run 'check-fraud' at Shop/Checkout.swift:79
/// ```
public struct JournalDifference: Error, CustomStringConvertible, Sendable {
    /// Where the journal comes from.
    public let source: String
    /// The id of the invocation.
    public let invocation: String
    /// `Checkout/process`
    public let target: String
    /// The number of the command; 0 is the input. Nil if the difference belongs to no single one.
    public let command: Int?
    /// What was recorded there, with the line that issued it if the recording has lines.
    public let recorded: String?
    /// What the program does now, with its line.
    public let attempted: String
    /// The fields that differ, if it is the same command with another content.
    public let fields: [String]
    /// What may have caused the difference besides the program; nil if nothing else can have.
    public let note: String?

    public var description: String {
        let place = command.map { ", command \($0)" } ?? ""
        let lines =
            ["\(target), invocation \(invocation) (\(source))\(place):"]
            + (recorded.map { ["  recorded:  \($0)"] } ?? []) + ["  now:       \(attempted)"]
            + fields.map { "  \($0)" } + (note.map { ["  note:      \($0)"] } ?? [])
        return lines.joined(separator: "\n")
    }
}

extension RecordedJournal {
    /// Judges an endpoint's answer to the journal.
    ///
    /// - Returns: the first difference, or nil if the program replays the journal to its end.
    package func difference(status: Int, body: [UInt8]) -> JournalDifference? {
        guard status == 200 else {
            return difference(
                recorded: nil,
                attempted: "is refused with status \(status): \(String(firstLineOf: body))")
        }
        var decoder = FrameDecoder()
        decoder.push(body)
        var frames: [Frame] = []
        while let frame = try? decoder.next() { frames.append(frame) }
        switch frames.last?.type {
        case .end, .suspension: return nil
        case .error:
            guard let last = frames.last, let error = try? ErrorMessage(decoding: last.payload)
            else { return difference(recorded: nil, attempted: "ends with an unreadable error") }
            return difference(error, wrote: frames.contains { $0.kind == .command })
        default: return difference(recorded: nil, attempted: "breaks off its answer")
        }
    }

    /// - Parameter wrote: whether the attempt wrote new commands, so that it had replayed all others.
    private func difference(_ error: ErrorMessage, wrote: Bool) -> JournalDifference? {
        guard error.failureCode == 570 else {
            if error.message.has(ReplayMark.unreadableInput) {
                // The recorded program may have refused it, too.
                if endsWithFailure { return nil }
                return difference(command: 0, recorded: "handler input", attempted: error.message)
            }
            if error.message.has(ReplayMark.sentence) || wrote || hasFailed { return nil }
            return difference(
                recorded: nil, attempted: "fails with error \(error.failureCode): \(error.message)")
        }
        let mismatch = MismatchText(error.message)
        let commands = commands
        let index = error.relatedCommandIndex.map(Int.init)
        let recorded = index.flatMap { commands.indices.contains($0) ? commands[$0] : nil }
        return difference(
            command: index,
            recorded: recorded.map { entry in
                entry.frame.label + (entry.site.map { " at \($0)" } ?? "")
            } ?? mismatch.recorded,
            attempted: mismatch.attempted, fields: mismatch.fields)
    }

    private var endsWithFailure: Bool {
        guard let last = commands.last?.frame, last.type == .outputCommand,
            let output = try? OutputCommand(decoding: last.payload), case .failure = output.result
        else { return false }
        return true
    }

    private func difference(
        command: Int? = nil, recorded: String?, attempted: String, fields: [String] = []
    ) -> JournalDifference {
        JournalDifference(
            source: source, invocation: invocation, target: "\(service)/\(handler)",
            command: command, recorded: recorded, attempted: attempted, fields: fields,
            note: mayHaveOtherSeed
                ? "the seed of this invocation's random numbers is not sure; a program that draws some, as "
                    + "ctx.random and ctx.uuid() do, may differ only in them"
                : nil)
    }
}

/// The parts of an endpoint's text about a mismatch. The text of another SDK stays whole.
struct MismatchText {
    private(set) var recorded: String?
    private(set) var attempted: String
    private(set) var fields: [String] = []

    init(_ text: String) {
        // Behind it comes advice, which a reader of differences does not need each time.
        let lines = text.split(separator: "\n").map(String.init)
            .prefix { !$0.hasPrefix("The journal of this invocation was recorded by") }
        let first = lines.first ?? text
        attempted = lines.joined(separator: "\n             ")
        let indented = lines.dropFirst().filter { $0.hasPrefix("  ") }.map(\.trimmed)
        if let line = indented.first(where: { $0.hasPrefix("attempted:") }) {
            attempted = String(line.dropFirst("attempted:".count)).trimmed
        } else if let parts = first.between("Journal mismatch: ", ", is not the one"),
            let comma = parts.lastRange(of: ", command "),
            let at = parts.lastRange(of: " at ")
        {
            attempted = String(parts[..<comma.lowerBound]) + String(parts[at.lowerBound...])
            fields = indented
        } else if let place = first.between("the code waits at ", " for results") {
            let awaited = indented.map { $0.hasPrefix("- ") ? String($0.dropFirst(2)) : $0 }
            attempted = "waits at \(place) for \(awaited.joined(separator: ", "))"
            recorded = "went on without waiting here"
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }

    /// The text between two others, of which the first begins it and the second ends it.
    fileprivate func between(_ start: String, _ end: String) -> String? {
        guard let from = firstRange(of: start)?.upperBound,
            let to = lastRange(of: end)?.lowerBound, from <= to
        else { return nil }
        return String(self[from..<to])
    }
}
