import Primitives
import RestateHTTP
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What holds in both versions of HTTP.
@Suite(.timeLimit(.minutes(10))) struct ExchangeTests {
    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `a body comes back`(version: HTTPVersion) async throws {
        try await withServer(handler: echo) { server in
            let answer = try await withClient(server, version) {
                await $0.send("POST", "/echo", body: Array("hello".utf8))
            }
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"] == "application/octet-stream")
            #expect(answer.text == "hello")
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `the head tells everything`(version: HTTPVersion) async throws {
        try await withServer { stream in
            let head = stream.head
            var text = "\(head.method) \(head.path) \(head.authority ?? "-")"
            for (name, value) in head.headers where name.hasPrefix("x-") {
                text += " \(name)=\(value)"
            }
            text += " \(stream.header("X-A") ?? "-")"
            text += " \(stream.headerEquals("x-b", "two")) \(stream.headerEquals("x-b", "tw"))"
            text += " \(stream.header("x-none") ?? "none")"
            text += head.version == version ? " same" : " other"
            stream.respond(status: 201, headers: ["x-answer": "yes"])
            stream.write(text: text)
            stream.finish()
        } body: { server in
            let answer = try await withClient(server, version) {
                await $0.send(
                    "PUT", "/a/b?c=%20d", headers: ["X-A": "one", "x-b": "two", "X-C": "three"])
            }
            #expect(answer.status == 201)
            #expect(answer.headers["x-answer"] == "yes")
            #expect(
                answer.text
                    == "PUT /a/b?c=%20d test x-a=one x-b=two x-c=three one true false none same")
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `both sides talk at once`(version: HTTPVersion) async throws {
        try await withServer { stream in
            stream.respond(status: 200)
            stream.write(text: "ready;")
            while !stream.inputEnded || stream.hasInput {
                if stream.hasInput {
                    stream.write(text: "got \(stream.takeInput().count);")
                } else {
                    await stream.changed()
                }
            }
            stream.write(text: "bye")
            stream.finish()
        } body: { server in
            let answer = try await withClient(server, version) { connection in
                let stream = connection.open(RequestHead(method: "POST", path: "/", authority: "x"))
                // The head goes out before the first byte of the body, and is answered.
                #expect(await stream.wait(for: "ready;"))
                stream.write(text: "four")
                #expect(await stream.wait(for: "got 4;"))
                stream.write(text: "three")
                #expect(await stream.wait(for: "got 5;"))
                stream.finish()
                return await stream.answer()
            }
            #expect(answer.text == "ready;got 4;got 5;bye")
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `an exchange follows the other on the same connection`(version: HTTPVersion) async throws {
        try await withServer(handler: echo) { server in
            let bodies = try await withClient(server, version) { connection in
                var bodies: [String] = []
                for number in 0..<20 {
                    #expect(connection.isUsable)
                    bodies.append(
                        await connection.send("POST", "/", body: Array("\(number)".utf8)).text)
                }
                return bodies
            }
            #expect(bodies == (0..<20).map(String.init))
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `an answer without a body ends with its head`(version: HTTPVersion) async throws {
        try await withServer { stream in
            stream.respond(status: stream.path == "/204" ? 204 : 200, headers: ["x-a": "b"])
            stream.write(text: "never seen")
            stream.finish()
        } body: { server in
            let answers = try await withClient(server, version) { connection in
                [await connection.send("HEAD", "/"), await connection.send("GET", "/204")]
            }
            #expect(answers.map(\.status) == [200, 204])
            #expect(answers.map(\.headers["x-a"]) == ["b", "b"])
            #expect(answers.map(\.text) == ["", ""])
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `an answer does not wait for the rest of the request`(version: HTTPVersion) async throws {
        try await withServer { stream in
            stream.respond(status: 413)
            stream.write(text: "too much")
            stream.finish()
        } body: { server in
            let answer = try await withClient(server, version) { connection in
                let stream = connection.open(RequestHead(method: "POST", path: "/", authority: "x"))
                stream.write(text: "some of it")
                let answer = await stream.answer()
                if version == .http2 {
                    while !stream.isClosed { await stream.changed() }
                    // Told to stop, without blame.
                    #expect(stream.resetCode == 0)
                    #expect(connection.isUsable)
                } else {
                    #expect(!connection.isUsable)
                }
                return answer
            }
            #expect(answer.status == 413)
            #expect(answer.text == "too much")
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `eight megabytes go both ways past a slow reader in bounded memory`(
        version: HTTPVersion
    ) async throws {
        var limits = HTTPLimits()
        limits.inputWindow = 128 << 10
        limits.outputBuffer = 64 << 10
        let worst = Locked(0)
        try await withServer(limits: limits) { stream in
            stream.respond(status: 200)
            while true {
                if stream.hasInput, !stream.outputIsFull {
                    stream.write(stream.withInput { Array($0.prefix(10_000)) })
                    stream.consumeInput(10_000)
                }
                let most = stream.bufferedOutput
                worst.withLock { $0 = max($0, most) }
                if stream.isClosed { return }
                if stream.inputEnded, !stream.hasInput { break }
                if !stream.hasInput || stream.outputIsFull { await stream.changed() }
            }
            stream.finish()
        } body: { server in
            let size = 8 << 20
            let pattern = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 / 256 + $0) }
            let (received, isSame, buffered) = try await withClient(server, version, limits: limits)
            {
                connection in
                let stream = connection.open(RequestHead(method: "POST", path: "/", authority: "x"))
                var sent = 0
                var received = 0
                var isSame = true
                var buffered = 0
                while true {
                    if sent < size, !stream.outputIsFull {
                        stream.write(Array(pattern[(sent % 65_536)...].prefix(4096)))
                        sent += 4096
                        if sent == size { stream.finish() }
                    }
                    buffered = max(buffered, stream.withInput(\.count))
                    if stream.hasInput {
                        // Slow: a little at a time, and the others come first.
                        let start = received % 65_536
                        let count = min(16_384, stream.withInput(\.count), 65_536 - start)
                        let isNext = stream.withInput { bytes in
                            pattern.withUnsafeBytes {
                                memcmp(bytes.baseAddress!, $0.baseAddress! + start, count) == 0
                            }
                        }
                        if !isNext { isSame = false }
                        stream.consumeInput(count)
                        received += count
                        await Task.yield()
                    } else if stream.inputEnded || stream.isClosed {
                        break
                    } else if stream.outputIsFull || sent == size {
                        await stream.changed()
                    }
                }
                return (received, isSame, buffered)
            }
            #expect(received == size)
            #expect(isSame)
            #expect(buffered <= limits.inputWindow)
            #expect(worst.withLock { $0 } <= limits.outputBuffer + 10_000)
        }
    }

    @Test func `a hundred exchanges of one connection are open at once`() async throws {
        let open = Locked((now: 0, most: 0))
        try await withServer(loops: 2) { stream in
            open.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await echo(stream)
            open.withLock { $0.now -= 1 }
        } body: { server in
            let texts = try await withClient(server, .http2) { connection in
                let streams = (0..<100).map { number in
                    let stream = connection.open(
                        RequestHead(method: "POST", path: "/\(number)", authority: "x"))
                    stream.write(text: "a\(number)")
                    return stream
                }
                for (number, stream) in streams.enumerated() {
                    #expect(await stream.wait(for: "a\(number)"))
                }
                #expect(await server.openStreams() == 100)
                var texts: [String] = []
                for (number, stream) in streams.enumerated().reversed() {
                    stream.write(text: "b\(number)")
                    stream.finish()
                    texts.append(await stream.answer().text)
                }
                return texts
            }
            #expect(texts == (0..<100).reversed().map { "a\($0)b\($0)" })
            #expect(open.withLock { $0.most } == 100)
        }
    }

    @Test func `one stream that nobody reads does not hold up the others`() async throws {
        var limits = HTTPLimits()
        limits.inputWindow = 64 << 10
        limits.connectionWindow = 64 << 10
        try await withServer(limits: limits) { stream in
            if stream.path == "/stuck" {
                stream.respond(status: 200)
                while !stream.isClosed { await stream.changed() }
            } else {
                await echo(stream)
            }
        } body: { server in
            let text = try await withClient(server, .http2) { connection in
                let stuck = connection.open(
                    RequestHead(method: "POST", path: "/stuck", authority: "x"))
                stuck.write([UInt8](repeating: 1, count: 200_000))
                while stuck.bufferedOutput > 200_000 - 64 << 10 { await Task.yield() }
                let answer = await connection.send("POST", "/", body: Array("free".utf8))
                // No more than its window went out.
                #expect(stuck.bufferedOutput == 200_000 - 64 << 10)
                return answer.text
            }
            #expect(text == "free")
        }
    }
}
