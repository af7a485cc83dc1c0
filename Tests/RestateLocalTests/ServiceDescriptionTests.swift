import Restate
import RestateLocal
import Support
import Testing

@testable import TestServices

/// A service's description, beside what the ingress answers.
@Suite(.timeLimit(.minutes(10))) struct ServiceDescriptionTests {
    private func description(
        of service: String, _ server: RunningLocalServer
    ) async throws -> OpenAPICheck {
        OpenAPICheck(
            try await ask(port: server.adminPort, "GET", "/services/\(service)/openapi").json)
    }

    @Test func `every handler is described, and every reference leads somewhere`() async throws {
        let services =
            contractServices + [Sleeper(), Tour(), TourObject(), TourFlow(), Greeter(), Replay()]
        try await withLocalServer(services) { server, _ in
            let all = try await ask(port: server.adminPort, "GET", "/services").json
            for service in all["services"]?.array ?? [] {
                let name = service["name"]?.string ?? ""
                let check = try await description(of: name, server)
                #expect(check.danglingReferences == [], "\(name)")
                let key = service["ty"]?.string == "Service" ? "" : "/{key}"
                for handler in service["handlers"]?.array ?? [] {
                    let path = "\(name)\(key)/\(handler["name"]?.string ?? "")"
                    for form in ["call", "send"] {
                        let entry = check.operation("POST", "/restate/\(form)/\(path)")
                        #expect(entry?["responses"]?.object?.isEmpty == false, "\(path)")
                    }
                }
            }
        }
    }

    @Test func `calls, sends, results and errors are as the description says`() async throws {
        try await withLocalServer([Counter(), Greeter(), BlockAndWaitWorkflow()]) { server, _ in
            func expect(
                _ status: Int, _ method: String, _ path: String, key: String = "",
                query: String = "", body: String = "", headers: [(String, String)] = []
            ) async throws {
                let service = String(path.split(separator: "/")[2])
                let check = try await description(of: service, server)
                let type = body.isEmpty ? [] : [("content-type", "application/json")]
                let answer = try await ask(
                    port: server.ingressPort, method,
                    path.replacing("{key}", with: key).replacing("{idempotencyKey}", with: "once")
                        + query, headers: type + headers, body: Array(body.utf8))
                #expect(answer.status == status, "\(path): \(answer.text)")
                let described = check.operation(method, path)?["responses"]?[String(status)] != nil
                #expect(
                    check.complaints(
                        answer: answer.body, status: described ? status : nil,
                        contentType: answer.headers["content-type"], to: method, path) == [])
                if !body.isEmpty, status < 300 {
                    #expect(check.complaints(request: Array(body.utf8), to: method, path) == [])
                }
            }
            let once = [("idempotency-key", "once")]
            let add = "/restate/call/Counter/{key}/add"
            try await expect(200, "POST", add, key: "a", body: "2", headers: once)
            try await expect(400, "POST", add, key: "a", body: "", headers: once)
            try await expect(400, "POST", add, key: "a", query: "?delay=1s", body: "2")
            try await expect(200, "POST", "/restate/call/Counter/{key}/get", key: "a")
            let send = "/restate/send/Counter/{key}/add"
            try await expect(202, "POST", send, key: "b", body: "2")
            try await expect(202, "POST", send, key: "b", query: "?delay=1h", body: "2")
            let results = "/restate/invocation/Counter/{key}/add/{idempotencyKey}"
            for question in ["attach", "output"] {
                try await expect(200, "GET", "\(results)/\(question)", key: "a")
                try await expect(404, "GET", "\(results)/\(question)", key: "none")
            }
            let run = "/restate/send/BlockAndWaitWorkflow/{key}/run"
            try await expect(202, "POST", run, key: "w", body: #""in""#)
            let output = "/restate/workflow/BlockAndWaitWorkflow/{key}/output"
            try await expect(470, "GET", output, key: "w")
            try await expect(404, "GET", output, key: "none")
        }
    }
}
