import CanonicalJSON
import Foundation
import Support
import Restate
import RestateHTTP

@testable import NexusPage

/// An answer, as a browser sees it.
struct Answer: Sendable {
    var status: Int
    var headers: HeaderFields
    var text: String

    /// What a refusal says.
    var sentence: String? {
        try? JSON.decode(PageRefusal.self, from: Array(text.utf8)).error
    }
}

/// A browser with a cookie, or without.
struct Browsing: Sendable {
    let port: Int
    var cookie: String?

    /// A visitor whom the page knows.
    static func visitor(_ port: Int) -> Browsing {
        Browsing(port: port, cookie: "nexus_visitor=\(Visitor().id)")
    }

    var userID: String? {
        cookie.flatMap { Visitor(cookie: $0.dropFirst("nexus_visitor=".count)) }?.userID
    }

    func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
        try await ask("GET", path, headers)
    }

    /// As the page books.
    func book(
        _ seat: String, _ card: String = "card_success", headers: [String: String] = [:]
    ) async throws -> Answer {
        try await ask(
            "POST", "/api/bookings",
            ["content-type": "application/json", "sec-fetch-site": "same-origin"]
                .merging(headers) { $1 },
            #"{"ticketId":"\#(seat)","paymentMethodId":"\#(card)"}"#)
    }

    func ask(
        _ method: String, _ path: String, _ headers: [String: String] = [:], _ body: String = ""
    ) async throws -> Answer {
        let head = head(method, path, headers)
        return try await onLoop { loop in
            let connection = try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: port, limits: .patient)
            defer { connection.close() }
            let stream = connection.open(head)
            stream.write(Array(body.utf8))
            stream.finish()
            var bytes: [UInt8] = []
            while true {
                if stream.hasInput { bytes += stream.takeInput() }
                if stream.inputEnded || stream.isClosed { break }
                await stream.changed()
            }
            return Answer(
                status: stream.responseStatus ?? 0, headers: stream.responseHeaders,
                text: String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Reads events until `isEnough`, or to the end.
    @discardableResult
    func events(
        _ path: String, headers: [String: String] = [:],
        until isEnough: @escaping @Sendable (Event) async throws -> Bool = { _ in false }
    ) async throws -> [Event] {
        let head = head("GET", path, headers)
        return try await onLoop { loop in
            let connection = try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: port, limits: .patient)
            defer { connection.close() }
            let stream = connection.open(head, endStream: true)
            var events: [Event] = []
            var text = ""
            while true {
                if stream.hasInput { text += String(decoding: stream.takeInput(), as: UTF8.self) }
                while let end = text.range(of: "\n\n") {
                    let event = Event(text[..<end.lowerBound])
                    text.removeSubrange(..<end.upperBound)
                    guard let event else { continue }
                    events.append(event)
                    if try await isEnough(event) { return events }
                }
                if stream.inputEnded || stream.isClosed { return events }
                await stream.changed()
            }
        }
    }

    private func head(
        _ method: String, _ path: String, _ headers: [String: String]
    ) -> RequestHead {
        var fields: HeaderFields = [:]
        if let cookie { fields.append(name: "cookie", value: cookie) }
        for (name, value) in headers { fields.append(name: name, value: value) }
        return RequestHead(
            method: method, path: path, authority: "127.0.0.1:\(port)", headers: fields)
    }
}

/// A server-sent event.
struct Event: Equatable, Sendable {
    var type = "message"
    var data = ""

    /// Nil for a comment, which a stream sends when it has been silent for long.
    init?(_ text: some StringProtocol) {
        if text.hasPrefix(":") { return nil }
        for line in text.split(separator: "\n") {
            if line.hasPrefix("event: ") { type = String(line.dropFirst("event: ".count)) }
            if line.hasPrefix("data: ") { data += line.dropFirst("data: ".count) }
        }
    }

    func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSON.decode(type, from: Array(data.utf8))
    }
}
