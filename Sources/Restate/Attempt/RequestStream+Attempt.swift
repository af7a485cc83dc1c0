import RestateHTTP
import RestateServices

/// An attempt's bytes travel in a request and its response.
extension RequestStream: AttemptStream {
    package var requestHeaders: [(name: String, value: String)] {
        head.headers.map { ($0.name, $0.value) }
    }

    package func inputIsComplete() { awaitsBody = false }
}
