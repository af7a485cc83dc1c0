internal import Commands
internal import Foundation
internal import Restate
internal import RestateClient

/// Where clients call: the flag `--ingress`.
struct IngressChoice {
    static let standard = "http://localhost:8080"
    static let flag = Flag("--ingress", "URL", "the ingress to call", standard: standard)

    private let url: URL

    init(_ arguments: Arguments) throws(UsageError) {
        try self.init("--ingress", arguments.text("--ingress") ?? Self.standard)
    }

    /// - Parameter name: what the user calls the text.
    init(_ name: String, _ text: String) throws(UsageError) {
        url = try Variable(name: name, text: text).address()
    }

    var client: RestateClient { RestateClient(ingress: url) }
    /// To which a path can be added.
    var text: String { url.withoutSlash }
}

extension URL {
    /// As a text without a slash at its end, to which a path can be added.
    var withoutSlash: String {
        var text = absoluteString
        while text.hasSuffix("/") { text.removeLast() }
        return text
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
