internal import Commands
internal import Foundation
internal import Restate
internal import RestateClient

/// Where clients call: the flag `--ingress`.
struct IngressChoice {
    static let standard = "http://localhost:8080"
    static let flag = Flag("--ingress", "URL", "the ingress to call", standard: standard)

    let client: RestateClient

    init(_ arguments: Arguments) throws(UsageError) {
        self = try IngressChoice(arguments.text("--ingress") ?? Self.standard)
    }

    init(_ text: String) throws(UsageError) {
        guard let url = URL(string: text), url.host() != nil else {
            throw UsageError("'\(text)' is no address; one is like \(Self.standard).")
        }
        client = RestateClient(ingress: url)
    }
}

extension Console {
    /// Prints how a client is called.
    static func tell(_ usage: String, _ flags: [Flag]) {
        say("usage: patterns \(usage) [flags]\n\n\(FlagGroup.help([FlagGroup(flags)]))")
    }
}

/// Prints handlers' lines as they are: the lines are what the patterns show.
struct LineLogger: RestateLogger {
    func log(_ record: LogRecord) {
        Console.say(record.level == .info ? record.message : record.description)
    }
}
