import Foundation
import Primitives
import Restate
import RestateHTTP
import Support
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// `restate-local --data` is killed again and again while clients call. What was acknowledged stays,
/// and nothing happens twice.
///
/// `KILLS=200 swift test --filter KillTests` kills more often.
@Suite(.timeLimit(.minutes(20))) struct KillTests {
    private struct Tally: VirtualObject {
        static let sum = StateKey<Int>("sum", default: 0)

        func add(_ ctx: ObjectContext, number: Int) async throws -> Int {
            let sum = try await ctx.get(Self.sum) + number
            ctx.set(Self.sum, sum)
            return sum
        }

        func get(_ ctx: SharedObjectContext) async throws -> Int { try await ctx.get(Self.sum) }

        struct API: HandlerTable {
            let add = exclusive(Tally.add)
            let get = shared(Tally.get)
        }
    }

    /// Adds after a run, a timer and a wait for another invocation.
    private struct Detour: Service {
        func add(_ ctx: Context, key: String) async throws -> Int {
            let one = try await ctx.run("one") { 1 }
            try await ctx.sleep(.milliseconds(3))
            return try await ctx.object(Tally.self, key).add(one)
        }

        struct API: HandlerTable {
            let add = handler(Detour.add)
        }
    }

    private enum Kind: CaseIterable {
        case call, send, detour

        func path(_ key: String) -> String {
            switch self {
            case .call: "Tally/\(key)/add"
            case .send: "Tally/\(key)/add/send"
            case .detour: "Detour/add"
            }
        }

        func body(_ key: String) -> String { self == .detour ? "\"\(key)\"" : "1" }
    }

    /// What clients were told, and where they find the runtime.
    private struct Books: Sendable {
        var port: Int?
        var isClosing = false
        /// By idempotency key: what was asked, and the acknowledged answer.
        var answers: [String: (kind: Kind, object: String, answer: String)] = [:]
        var failure: String?
    }

    private static let objects = ["a", "b", "c"]

    /// A story with no more answers than these tells nothing.
    private static let fewAnswers = 10

    @Test func `acknowledged calls survive kills, once`() async throws {
        let kills = ProcessInfo.processInfo.environment["KILLS"].flatMap { Int($0) } ?? 4
        let folder = FileManager.default.temporaryDirectory.path + "/restate-kills-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let endpoint = try Endpoint(Tally(), Detour()).quiet.start(
            host: "127.0.0.1", port: 0, loops: 1)
        let result: Result<Void, any Error>
        do {
            result = .success(try await story(kills, folder, endpoint.port))
        } catch {
            result = .failure(error)
        }
        await endpoint.shutdown(grace: .zero)
        try result.get()
    }

    private func story(_ kills: Int, _ folder: String, _ endpoint: Int) async throws {
        let books = Locked(Books())
        let flags = [
            "--host", "127.0.0.1", "--ingress-port", "0", "--admin-port", "0", "--data", folder,
            // Every result is read from the folder.
            "--result-cache", "0",
        ]
        var runtime = try await DoomedProduct(
            "restate-local", flags + ["--register", "http://127.0.0.1:\(endpoint)"],
            saying: "Registered")
        books.withLock { $0.port = runtime.port }
        let clients = (0..<6).map { number in Task { await ask(number, books) } }
        do {
            for _ in 0..<kills {
                // The moments are what chance makes them: nothing is expected of them.
                try await Task.sleep(for: .milliseconds(Int.random(in: 20...250)))
                books.withLock { $0.port = nil }
                await runtime.kill()
                runtime = try await DoomedProduct("restate-local", flags, saying: "ready")
                books.withLock { $0.port = runtime.port }
            }
        } catch {
            books.withLock { $0.isClosing = true }
            for client in clients { await client.value }
            throw error
        }
        // On a slow machine the kills may have left no time for answers.
        while books.withLock({ $0.answers.count <= Self.fewAnswers && $0.failure == nil }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        books.withLock { $0.isClosing = true }
        for client in clients { await client.value }
        do {
            try await audit(books, runtime.port)
        } catch {
            await runtime.kill()
            throw error
        }
        await runtime.kill()
    }

    /// Asks again and again, each question with its key until it is acknowledged.
    private func ask(_ client: Int, _ books: Locked<Books>) async {
        var count = 0
        while !books.withLock({ $0.isClosing && $0.port != nil }) {
            let kind = Kind.allCases[count % 3]
            let object = Self.objects[(client + count / 3) % 3]
            let key = "\(client)-\(count)"
            count += 1
            while true {
                let port = books.withLock { $0.port }
                guard let port, let (status, text) = await post(kind, object, key, port) else {
                    // The runtime is not there: soon it is.
                    try? await Task.sleep(for: .milliseconds(5))
                    continue
                }
                guard (200...299).contains(status) else {
                    return books.withLock { $0.failure = "\(key): \(status) \(text)" }
                }
                books.withLock { $0.answers[key] = (kind, object, text) }
                break
            }
        }
    }

    private func audit(_ books: Locked<Books>, _ port: Int) async throws {
        let (answers, failure) = books.withLock { ($0.answers, $0.failure) }
        #expect(failure == nil)
        #expect(answers.count > Self.fewAnswers)
        // The same key gives the same answer, for what a send has begun the same id.
        for (key, told) in answers where told.kind != .send {
            let again = await post(told.kind, told.object, key, port)
            #expect(again?.status == 200)
            #expect(again?.text == told.answer, "\(key)")
        }
        for object in Self.objects {
            let expected = answers.values.filter { $0.object == object }.count
            var sum = -1
            // Sends are acknowledged before they are done.
            while sum < expected {
                sum = try await total(object, port)
                if sum < expected { try await Task.sleep(for: .milliseconds(25)) }
            }
            #expect(sum == expected, "\(object)")
            let results = answers.values.filter { $0.object == object && $0.kind != .send }
                .compactMap { Int($0.answer) }
            #expect(Set(results).count == results.count, "no two calls had the same turn")
        }
        print("KillTests: \(answers.count) acknowledged calls and sends are there, once")
    }

    private func total(_ object: String, _ port: Int) async throws -> Int {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)/Tally/\(object)/get"))
        let (data, _) = try await URLSession.shared.data(from: url)
        return try #require(Int(String(decoding: data, as: UTF8.self)))
    }

    /// Nil if no answer came.
    private func post(
        _ kind: Kind, _ object: String, _ key: String, _ port: Int
    ) async -> (status: Int, text: String)? {
        guard let url = URL(string: "http://127.0.0.1:\(port)/\(kind.path(object))") else {
            return nil
        }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = Data(kind.body(object).utf8)
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        request.setValue(key, forHTTPHeaderField: "idempotency-key")
        request.timeoutInterval = 60
        guard let (data, response) = try? await URLSession.shared.data(for: request),
            let answer = response as? HTTPURLResponse
        else { return nil }
        return (answer.statusCode, String(decoding: data, as: UTF8.self))
    }
}
