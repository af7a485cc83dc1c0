internal import Foundation

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

/// One request to a system outside, and its answer, whatever its status.
struct Exchange {
    var status: Int
    var body: Data

    /// - Throws: an ordinary error if there is no answer.
    static func answer(to request: URLRequest) async throws -> Exchange {
        try await withUnsafeThrowingContinuation { continuation in
            let task = URLSession.shared.dataTask(with: request) { body, response, error in
                if let error {
                    continuation.resume(throwing: error)
                } else {
                    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
                    continuation.resume(returning: Exchange(status: status, body: body ?? Data()))
                }
            }
            task.resume()
        }
    }
}
