internal import CanonicalJSON
internal import RestateHTTP

/// A complete answer to an HTTP request. Ingress and admin API make answers as values, so that one
/// can pass the commit gate before it is sent.
struct HTTPAnswer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    static func json(_ status: Int = 200, _ body: [UInt8]) -> HTTPAnswer {
        HTTPAnswer(
            status: status, headers: [("content-type", "application/json")], body: body)
    }

    static func json(_ status: Int = 200, _ members: (inout JSONLine) -> Void) -> HTTPAnswer {
        json(status, JSONLine.object(members))
    }

    static func text(_ status: Int, _ sentence: String) -> HTTPAnswer {
        HTTPAnswer(
            status: status, headers: [("content-type", "text/plain; charset=utf-8")],
            body: Array(sentence.utf8))
    }

    static func empty(_ status: Int) -> HTTPAnswer { HTTPAnswer(status: status) }

    func send(to stream: RequestStream) {
        var fields: HeaderFields = [:]
        for (name, value) in headers {
            fields.append(name: name, value: value, isUnique: name == "x-restate-id")
        }
        stream.respond(status: status, headers: fields)
        stream.write(body)
        stream.finish()
    }
}
