import CanonicalJSON
import RestateProtocol

/// Something that happened between two entries of a journal: a failed attempt or a pause. The
/// tables show these events.
package struct JournalEvent: Equatable, Sendable {
    package enum Kind: String, Sendable {
        case transientError = "TransientError"
        case paused = "Paused"
    }

    /// The most events that are kept of one invocation. The oldest are dropped.
    static let limit = 32

    package var kind: Kind
    /// The index of the journal's last entry at that moment.
    package var afterEntry: UInt32
    package var appendedAt: Timestamp
    /// The event as a server's tables show it, with the details of the failure.
    package var json: String
}

extension InvocationProgress {
    /// Adds an event. A failure that is equal to the last one is not added, so that endless retries
    /// do not push all others out.
    ///
    /// - Parameter entries: the number of entries in the journal.
    mutating func note(
        _ kind: JournalEvent.Kind, _ failure: EndpointFailure?, after entries: Int,
        at now: Timestamp
    ) {
        let event = JournalEvent(
            kind: kind, afterEntry: UInt32(clamping: max(entries, 1) - 1), appendedAt: now,
            json: kind.json(of: failure))
        if let last = events.last, last.kind == kind, last.json.utf8.elementsEqual(event.json.utf8)
        {
            return
        }
        events.append(event)
        if events.count > JournalEvent.limit { events.removeFirst() }
    }
}

extension JournalEvent.Kind {
    fileprivate func json(of failure: EndpointFailure?) -> String {
        let bytes = JSONLine.object { line in
            line.member("ty", rawValue)
            switch (self, failure) {
            case (.transientError, let failure?): failure.write(to: &line)
            case (.paused, let failure?):
                line.member("last_failure") { line in line.object { failure.write(to: &$0) } }
            case (_, nil): break
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension EndpointFailure {
    fileprivate func write(to line: inout JSONLine) {
        line.member("error_code", shownCode)
        line.member("error_message", message)
        if !stacktrace.isEmpty { line.member("error_stacktrace", stacktrace) }
        if !restateCode.isEmpty { line.member("restate_doc_error_code", restateCode) }
        if let relatedIndex { line.member("related_command_index", relatedIndex) }
        if let relatedName, !relatedName.isEmpty {
            line.member("related_command_name", relatedName)
        }
        line.member(ifAny: "related_command_type", relatedTypeName)
    }

    /// The code as a server shows it, which has 16 bits for it.
    private var shownCode: UInt32 { code > 65_535 ? 500 : code }

    /// The command's name without its prefix, such as `Run`.
    package var relatedTypeName: String? {
        relatedType.map { type in
            let name = JournalJSON(code: type.rawValue, payload: []).entryType
            return name.hasPrefix("Command: ") ? String(name.dropFirst(9)) : name
        }
    }

    /// The failure as tables show it: `[500 Internal] message`, followed by the stack trace.
    package var text: String {
        let name = Self.names[shownCode].map { " \($0)" } ?? ""
        return "[\(shownCode)\(name)] \(message)" + (stacktrace.isEmpty ? "" : "\n\(stacktrace)")
    }

    /// A server's names for codes. Other codes are shown without one.
    private static let names: [UInt32: String] = [
        400: "Bad request", 404: "Not found", 409: "Aborted", 410: "Gone",
        415: "Unsupported media type", 470: "Not ready", 500: "Internal", 570: "Journal mismatch",
        571: "Protocol violation", 572: "Awaiting two async results", 573: "Unsupported feature",
    ]
}

extension FutureTree {
    package var allCompletions: [UInt32] { completions + nested.flatMap(\.allCompletions) }
    package var allSignals: [UInt32] { signals + nested.flatMap(\.allSignals) }

    /// Returns the JSON by which a server's tables show what is waited for.
    ///
    /// - Parameter isKnown: whether the endpoint reported how the parts are combined, which it does
    ///   from protocol version 7 on.
    package func json(isKnown: Bool) -> String {
        var line = JSONLine()
        write(to: &line, isKnown)
        return line.text
    }

    private func write(to line: inout JSONLine, _ isKnown: Bool) {
        let name =
            switch isKnown ? combinator : .unknown {
            case .unknown: "Unknown"
            case .firstCompleted: "FirstCompleted"
            case .allCompleted: "AllCompleted"
            case .firstSucceededOrAllFailed: "FirstSucceededOrAllFailed"
            case .allSucceededOrFirstFailed: "AllSucceededOrFirstFailed"
            }
        line.object { line in
            line.member(name) { line in
                line.array(parts) { line, part in
                    switch part {
                    case .tree(let tree): tree.write(to: &line, isKnown)
                    case .number(let kind, let number):
                        line.object {
                            $0.member("Single") { $0.object { $0.member(kind, number) } }
                        }
                    case .name(let name):
                        line.object {
                            $0.member("Single") { $0.object { $0.member("SignalName", name) } }
                        }
                    }
                }
            }
        }
    }

    private enum Part {
        case number(String, UInt32)
        case name(String)
        case tree(FutureTree)
    }

    private var parts: [Part] {
        completions.map { .number("CompletionId", $0) } + signals.map { .number("SignalIndex", $0) }
            + namedSignals.map(Part.name) + nested.map(Part.tree)
    }
}
