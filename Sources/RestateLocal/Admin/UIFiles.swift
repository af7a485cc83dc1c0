internal import Primitives
internal import Restate

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The files of a Restate server's web UI, from a folder of the user.
///
/// Every path below `/ui/` that is not a file is a page that the UI draws itself, so it is answered
/// with the index. Nothing outside the folder is answered, whatever the path and wherever a
/// symbolic link leads.
struct UIFiles: Sendable {
    /// The folder's real path, without a slash at the end.
    private let root: String
    static let index = "index.html"

    /// - Throws: ``LocalServerError`` if there is no such folder, or no index in it.
    init(folder: String) throws(LocalServerError) {
        guard let root = Self.realPath(folder) else {
            throw LocalServerError(
                .setting, "The folder of the web UI, '\(folder)', does not exist.")
        }
        self.root = root
        guard file(Self.index) != nil else {
            throw LocalServerError(
                .setting,
                "There is no \(Self.index) in '\(folder)', so it is not the folder of the UI.")
        }
    }

    /// Whether a request without a route is for the UI.
    func isAsked(_ request: AdminRequest) -> Bool {
        let path = request.path
        return request.method == .get && (path == "/" || path == "/ui" || path.hasPrefix("/ui/"))
    }

    func answer(_ request: AdminRequest) async -> HTTPAnswer {
        guard request.path.hasPrefix("/ui/") else {
            return HTTPAnswer(status: 308, headers: [("location", "/ui/" + request.query)])
        }
        let path = request.path.dropFirst("/ui/".count)
        // Reading a file can take long, which must not block the loop.
        return await Task.detached { answer(String(path)) }.value
    }

    /// Answers with the file, or with the index if the path has no extension and so is a page of
    /// the UI.
    private func answer(_ path: String) -> HTTPAnswer {
        guard let name = PercentEncoding.decode(path), !name.utf8.contains(0) else {
            return .empty(404)
        }
        if let file = file(name), let bytes = Self.read(file) {
            return answer(bytes, type: Self.contentType(of: name))
        }
        let last = name.split(separator: "/").last ?? ""
        guard !last.contains("."), let index = file(Self.index), let bytes = Self.read(index)
        else { return .empty(404) }
        return answer(bytes, type: Self.contentType(of: Self.index))
    }

    private func answer(_ bytes: [UInt8], type: String) -> HTTPAnswer {
        HTTPAnswer(
            status: 200,
            headers: [("content-type", type), ("service-worker-allowed", "/")], body: bytes)
    }

    // MARK: Files

    /// Returns the real path of a file in the folder. Links are resolved first, and must end inside
    /// it.
    private func file(_ name: String) -> String? {
        guard !name.isEmpty, let path = Self.realPath(root + "/" + name),
            path.hasPrefix(root == "/" ? root : root + "/")
        else { return nil }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return path
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Reads a file to its end. `O_NOFOLLOW` refuses a link that was put there after the path was
    /// resolved.
    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        let size = 64 << 10
        while true {
            let count = bytes.count
            var found = 0
            bytes.append(
                contentsOf: [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
                    found = systemRead(descriptor, buffer.baseAddress, size)
                    filled = max(found, 0)
                })
            if found < 0, errno != EINTR { return nil }
            if found == 0, bytes.count == count { return bytes }
        }
    }

    private static let types: [Substring: String] = [
        "css": "text/css; charset=utf-8", "gif": "image/gif", "html": "text/html; charset=utf-8",
        "ico": "image/x-icon", "jpg": "image/jpeg", "js": "text/javascript; charset=utf-8",
        "json": "application/json", "map": "application/json",
        "mjs": "text/javascript; charset=utf-8", "png": "image/png", "svg": "image/svg+xml",
        "txt": "text/plain; charset=utf-8", "wasm": "application/wasm",
        "webmanifest": "application/manifest+json", "webp": "image/webp", "woff": "font/woff",
        "woff2": "font/woff2", "xml": "text/xml; charset=utf-8",
    ]

    private static func contentType(of name: String) -> String {
        let parts = name.split(separator: ".")
        guard parts.count > 1, let last = parts.last else { return types["txt"] ?? "" }
        return types[Substring(last.lowercased())] ?? "application/octet-stream"
    }
}

// The system's own functions, whose names the type above gives to its methods.

private func systemRead(_ file: Int32, _ place: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, place, count)
}
