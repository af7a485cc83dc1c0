/// The largest request bodies in bytes, as on a server. A larger one is answered with 413.
package enum BodyLimit {
    package static let ingress = 32 << 20
    package static let admin = 2 << 20
}
