internal import CanonicalJSON
package import RestateProtocol

/// One attempt of one invocation as a file: the frames of both sides in their order, as
/// `Fixtures/README.md` describes it. The recordings of this package, the crash explorer and the recorder
/// of endpoints have this one format.
package struct JournalFile: Sendable {
    package enum Step: Sendable {
        case frame(RecordedFrame)
        case inputEnd
        case outputEnd
        /// The connection broke, or the recording ends here.
        case broken
    }

    package var story: String
    package var mode: String
    package var recorder: String
    package var service: String
    package var handler: String
    package var invocation: String
    package var version: ProtocolVersion
    package var steps: [Step]

    package init(
        story: String, mode: String, recorder: String, service: String, handler: String,
        invocation: String, version: ProtocolVersion, steps: [Step]
    ) {
        self.story = story
        self.mode = mode
        self.recorder = recorder
        self.service = service
        self.handler = handler
        self.invocation = invocation
        self.version = version
        self.steps = steps
    }

    /// Whether the attempt got as far as its input.
    var hasJournal: Bool {
        steps.contains {
            if case .frame(let step) = $0 { step.frame.type == .inputCommand } else { false }
        }
    }

    /// The content of the file. The fields of a message are left out, because its bytes have them.
    package var text: String {
        let path = "/invoke/\(service)/\(handler)"
        let type = version.contentType
        let lines = steps.map { "  \(Self.line($0))" }.joined(separator: ",\n")
        return """
            {
             "story": \(Self.text(story)),
             "mode": \(Self.text(mode)),
             "recorded_with": \(Self.text(recorder)),
             "request": {"method": "POST", "path": \(Self.text(path)), "headers": {
              "content-type": "\(type)", "x-restate-invocation-id": \(Self.text(invocation))}},
             "response": {"status": 200, "headers": {"content-type": "\(type)"}},
             "frames": [
            \(lines)
             ]
            }

            """
    }

    private static func line(_ step: Step) -> String {
        switch step {
        case .frame(let frame):
            let direction = frame.isFromEndpoint ? "out" : "in"
            let site = frame.site.map { ", \(text($0))" } ?? ""
            return "[\"\(direction)\", \"\(frame.name)\", \(frame.frame.flags), null, "
                + "\"\(HexDigits.text(of: frame.frame.bytes))\"\(site)]"
        case .inputEnd: return #"["in-end"]"#
        case .outputEnd: return #"["out-end"]"#
        case .broken: return #"["in-reset", 8]"#
        }
    }

    private static func text(_ text: String) -> String {
        (try? JSON.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

/// A frame of a recording.
package struct RecordedFrame: Sendable {
    package let isFromEndpoint: Bool
    package let frame: Frame
    /// The line of the program that issued this command, such as `Shop/Checkout.swift:42`.
    package var site: String?

    package init(isFromEndpoint: Bool, _ frame: Frame, site: String? = nil) {
        self.isFromEndpoint = isFromEndpoint
        self.frame = frame
        self.site = site
    }

    /// `Call` of `callCommand`, as the recordings have it.
    var name: String {
        let name = frame.type.map { "\($0)" } ?? "\(frame.code)"
        let short = name.hasSuffix("Command") ? name.dropLast("Command".count) : name[...]
        return short.prefix(1).uppercased() + short.dropFirst()
    }
}
