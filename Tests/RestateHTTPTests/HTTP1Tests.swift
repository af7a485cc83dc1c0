import RestateHTTP
import Support
import Testing

/// Bytes of HTTP/1.1 in, bytes out.
@Suite(.timeLimit(.minutes(10))) struct HTTP1Tests {
    @Test func `a request as the runtime's client sends it is answered in chunks`() async throws {
        try await withServer { stream in
            stream.respond(status: 200, headers: ["content-type": "text/plain"])
            while !stream.inputEnded || stream.hasInput {
                if stream.hasInput {
                    stream.write(stream.takeInput())
                } else {
                    await stream.changed()
                }
            }
            stream.finish()
        } body: { server in
            let socket = try RawSocket(server)
            socket.send(
                "POST /invoke HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5A\r\n")
            let head = await socket.readText(until: "\r\n\r\n")
            #expect(
                head == "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n"
                    + "transfer-encoding: chunked\r\n\r\n")
            socket.send(String(repeating: "x", count: 0x5A) + "\r\n")
            #expect(
                await socket.readText(until: "\r\n") == "5a\r\n"
                    + String(repeating: "x", count: 0x5A)
                    + "\r\n")
            socket.send("3;ext=1\r\nabc\r\n0\r\nTrailer: ignored\r\n\r\n")
            #expect(await socket.readText(until: "0\r\n\r\n") == "3\r\nabc\r\n0\r\n\r\n")
            // And the connection goes on.
            socket.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await socket.readText(until: "\r\n\r\n").contains("content-length: 0"))
        }
    }

    @Test func `every way to cut a request gives the same answer`() async throws {
        // On a busy machine the second half may be long in coming.
        var limits = HTTPLimits()
        limits.headerTimeout = .seconds(600)
        try await withServer(limits: limits) { stream in
            let body = await stream.wholeInput()
            stream.respond(status: 200)
            stream.write(text: "\(stream.method) \(stream.path) \(stream.header("n") ?? "") ")
            stream.write(body)
            stream.finish()
        } body: { server in
            let request = Array(
                ("POST /p HTTP/1.1\r\nhost: a\r\nN: v\r\ntransfer-encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").utf8)
            let expected = "HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\nPOST /p v abcde"
            let socket = try RawSocket(server)
            for cut in 1..<request.count {
                socket.send(Array(request[..<cut]))
                await Task.yield()
                socket.send(Array(request[cut...]))
                #expect(await socket.readText(until: "abcde") == expected, "cut at \(cut)")
            }
            for byte in request { socket.send([byte]) }
            #expect(await socket.readText(until: "abcde") == expected)
        }
    }

    @Test func `pipelined requests are answered in order`() async throws {
        try await withServer { stream in
            // The first ones take longest.
            for _ in 0..<(10 - (Int(stream.path.dropFirst()) ?? 0)) { await Task.yield() }
            await answer(stream, with: stream.path)
        } body: { server in
            let socket = try RawSocket(server)
            socket.send((0..<10).map { "GET /\($0) HTTP/1.1\r\nhost: a\r\n\r\n" }.joined())
            let text = await socket.readText(until: "/9")
            let expected = (0..<10).map { "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n/\($0)" }
            #expect(text == expected.joined())
        }
    }

    @Test(
        arguments: [
            ("HTTP/1.1", "connection: close\r\n", true, ""),
            ("HTTP/1.1", "", false, ""),
            ("HTTP/1.0", "", true, ""),
            ("HTTP/1.0", "connection: Keep-Alive\r\n", false, "connection: keep-alive\r\n"),
        ])
    func `a connection lives as long as the client says`(
        version: String, option: String, closes: Bool, says: String
    ) async throws {
        try await withServer {
            await answer($0, with: "yes")
        } body: { server in
            let socket = try RawSocket(server)
            socket.send("GET / \(version)\r\nhost: a\r\n\(option)\r\n")
            let says = closes ? "connection: close\r\n" : says
            let expected = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\(says)\r\nyes"
            if closes {
                // To the end of the connection.
                #expect(await socket.readText() == expected)
            } else {
                #expect(await socket.readText(until: "yes") == expected)
                socket.send("GET / \(version)\r\nhost: a\r\n\(option)\r\n")
                #expect(await socket.readText(until: "yes") == expected)
            }
        }
    }

    @Test func `an old client reads a streamed answer until the end`() async throws {
        try await withServer { stream in
            stream.respond(status: 200)
            stream.write(text: "one ")
            await Task.yield()
            stream.write(text: "two")
            stream.finish()
        } body: { server in
            let socket = try RawSocket(server)
            socket.send("GET / HTTP/1.0\r\n\r\n")
            let text = await socket.readText()
            #expect(!text.contains("chunked"))
            #expect(text.hasSuffix("\r\n\r\none two"))
        }
    }

    @Test func `who asks whether to go on is told to`() async throws {
        try await withServer { stream in
            await answer(stream, with: String(decoding: await stream.wholeInput(), as: UTF8.self))
        } body: { server in
            let socket = try RawSocket(server)
            socket.send(
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            #expect(await socket.readText(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            socket.send("body")
            #expect(await socket.readText(until: "body").hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `an offer to upgrade is answered in HTTP 1`() async throws {
        try await withServer {
            await answer($0, with: $0.header("upgrade") ?? "plain")
        } body: { server in
            let socket = try RawSocket(server)
            socket.send(
                "GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade, HTTP2-Settings\r\n"
                    + "upgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n")
            #expect(await socket.readText(until: "plain").hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `an absolute target gives path and authority`() async throws {
        try await withServer { stream in
            await answer(stream, with: "\(stream.head.authority ?? "-") \(stream.path)")
        } body: { server in
            let socket = try RawSocket(server)
            socket.send("GET http://b.example:80/p?q HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await socket.readText(until: "/p?q").hasSuffix("\r\n\r\nb.example:80 /p?q"))
        }
    }

    @Test func `an announced length is kept`() async throws {
        try await withServer { stream in
            stream.respond(status: 200, headers: ["Content-Length": "4"])
            stream.write(text: stream.path == "/long" ? "too long" : "no")
            stream.finish()
        } body: { server in
            let long = try RawSocket(server)
            long.send("GET /long HTTP/1.1\r\nhost: a\r\n\r\nGET /short HTTP/1.1\r\nhost: a\r\n\r\n")
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
            // Too much is cut; too little can only be told by the end of the connection.
            #expect(await long.readText() == head + "too " + head + "no")
        }
    }

    @Test(
        arguments: [
            ("\u{16}\u{3}\u{1}\u{2}\u{0}", 400),
            ("GET /\r\n\r\n", 400),
            ("GET  / HTTP/1.1\r\nhost: a\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400),
            ("GET / HTTP/1.1\nhost: a\n\n", 400),
            ("GET / HTTP/1.1\r\nhost: a\r\n folded\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nhost : a\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nhost: a\u{0}b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nhost: a\r\nno colon\r\n\r\n", 400),
            ("G(T / HTTP/1.1\r\nhost: a\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\nhost: a\r\n\r\n", 400),
            ("GET /a`b HTTP/1.1\r\nhost: a\r\n\r\n", 400),
            ("GET /<a> HTTP/1.1\r\nhost: a\r\n\r\n", 400),
            ("GET /a`b#c HTTP/1.1\r\nhost: a\r\n\r\n", 400),
            ("GET / JUNK/1.1\r\nhost: a\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999\r\n\r\n", 400),
            (
                "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
                400
            ),
            ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n", 501),
            ("POST / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", 400),
            (
                "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3 garbage\r\n",
                400
            ),
            (
                "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3;\u{1}\r\n", 400
            ),
            (
                "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\nno colon\r\n",
                400
            ),
            (
                "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n: v\r\n",
                400
            ),
            ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n", 400),
            (
                "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
                    + "fffffffffffffffff\r\n", 400
            ),
        ])
    func `what is no request is refused and the connection closed`(
        request: String, status: Int
    ) async throws {
        try await withServer { stream in
            await answer(stream, with: String(decoding: await stream.wholeInput(), as: UTF8.self))
        } body: { server in
            let socket = try RawSocket(server)
            socket.send(request)
            let text = await socket.readText()
            #expect(text.hasPrefix("HTTP/1.1 \(status) "))
            #expect(text.hasSuffix("content-length: 0\r\nconnection: close\r\n\r\n"))
        }
    }

    @Test func `a head over its limit is refused`() async throws {
        var limits = HTTPLimits()
        limits.headBytes = 4096
        limits.headFields = 100
        limits.targetBytes = 1000
        try await withServer(limits: limits) {
            await answer($0, with: "")
        } body: { server in
            let complete = try RawSocket(server)
            let long = String(repeating: "x", count: 5000)
            complete.send("GET / HTTP/1.1\r\nhost: a\r\nx: \(long)\r\n\r\n")
            #expect(await complete.readText().hasPrefix("HTTP/1.1 431 "))
            let endless = try RawSocket(server)
            endless.send("GET /\(long)")
            #expect(await endless.readText().hasPrefix("HTTP/1.1 431 "))
            let target = try RawSocket(server)
            target.send("GET /\(long.prefix(1000)) HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await target.readText().hasPrefix("HTTP/1.1 414 URI Too Long"))
            // Many small ones are much work, too.
            let many = try RawSocket(server)
            let fields = String(repeating: "a: b\r\n", count: 200)
            many.send("GET / HTTP/1.1\r\nhost: a\r\n\(fields)\r\n")
            #expect(await many.readText().hasPrefix("HTTP/1.1 431 "))
        }
    }

    @Test func `a fragment is no part of a target`() async throws {
        try await withServer {
            await answer($0, with: $0.path)
        } body: { server in
            let socket = try RawSocket(server)
            socket.send("GET /ü?a=b#c`d HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await socket.readText(until: "b").hasSuffix("\r\n\r\n/ü?a=b"))
            let broken = try RawSocket(server)
            broken.send(Array("GET /".utf8) + [0xfc] + Array(" HTTP/1.1\r\nhost: a\r\n\r\n".utf8))
            #expect(await broken.readText().hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2], [0, 100, 101, 103, 199, 1000, -1])
    func `what is no final status is never one`(version: HTTPVersion, status: Int) async throws {
        try await withServer { stream in
            stream.respond(status: status)
            stream.write(text: "x")
            stream.finish()
        } body: { server in
            let answer = try await withClient(server, version) { await $0.send("GET", "/") }
            #expect(answer.status == 500)
            #expect(answer.text == "x")
        }
    }

    @Test(arguments: [(418, "I'm a teapot"), (422, "Unprocessable Entity"), (299, "Unnamed")])
    func `a registered status has its name`(status: Int, name: String) async throws {
        try await withServer { stream in
            stream.respond(status: status)
            stream.finish()
        } body: { server in
            let socket = try RawSocket(server)
            socket.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(
                await socket.readText(until: "\r\n\r\n").hasPrefix("HTTP/1.1 \(status) \(name)\r\n")
            )
        }
    }

    @Test func `a body is invited when it is wanted and not before an error`() async throws {
        try await withServer { stream in
            if stream.path == "/read" { _ = await stream.wholeInput() }
            stream.respond(status: stream.path == "/read" ? 200 : 404)
            stream.finish()
        } body: { server in
            func head(_ path: String) -> String {
                "POST \(path) HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n"
            }
            let read = try RawSocket(server)
            read.send(head("/read"))
            #expect(await read.readText(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            read.send("x")
            #expect(await read.readText(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
            let refused = try RawSocket(server)
            refused.send(head("/nothing"))
            #expect(await refused.readText().hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        }
    }

    @Test(arguments: ["content-length: 10\r\n\r\nx", "transfer-encoding: chunked\r\n\r\n3 no\r\n"])
    func `who has an answer to a body that breaks off is asked for it`(rest: String) async throws {
        try await withServer { stream in
            stream.answersBrokenBody = true
            while stream.inputFailure == nil, !stream.isClosed { await stream.changed() }
            stream.respond(status: 500)
            stream.write(text: "broken")
            stream.finish()
        } body: { server in
            let socket = try RawSocket(server)
            socket.send("POST / HTTP/1.1\r\nhost: a\r\n" + rest)
            socket.endInput()
            let text = await socket.readText()
            #expect(text.hasPrefix("HTTP/1.1 500 "))
            #expect(text.hasSuffix("connection: close\r\n\r\nbroken"))
        }
    }

    @Test func `the header keep-alive is handed on`() async throws {
        try await withServer {
            await answer($0, with: $0.header("keep-alive") ?? "none")
        } body: { server in
            let socket = try RawSocket(server)
            socket.send("GET / HTTP/1.1\r\nhost: a\r\nKeep-Alive: timeout=5\r\n\r\n")
            #expect(await socket.readText(until: "=5").hasSuffix("\r\n\r\ntimeout=5"))
        }
    }

    @Test func `a value cannot smuggle a second field into an answer`() async throws {
        try await withServer { stream in
            stream.respond(status: 200, headers: ["x-a": "b\r\nx-c: d", "x\r\ny": "z"])
            stream.finish()
        } body: { server in
            let socket = try RawSocket(server)
            socket.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            let text = await socket.readText(until: "\r\n\r\n")
            #expect(text.contains("x-a: b  x-c: d\r\nx--y: z\r\n"))
        }
    }
}

private func answer(_ stream: RequestStream, with text: String) async {
    stream.respond(status: 200)
    stream.write(text: text)
    stream.finish()
}
