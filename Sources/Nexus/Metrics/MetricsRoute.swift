public import Restate

extension Endpoint {
    public static let metricsPath = "/metrics"

    /// Counts what the endpoint and the box office do, and shows it as text for Prometheus to those who have
    /// access to it.
    ///
    /// - Parameter metrics: the box office's; nil where there is none.
    public func metered(
        by metrics: BoxOfficeMetrics? = nil, for access: OperatorAccess = .everybody
    ) -> Endpoint {
        let attempts = EndpointMetrics()
        let hooked = metrics.map { hooks($0) } ?? self
        return hooked.metrics(attempts, at: nil).route("GET", Self.metricsPath, for: access) { _ in
            let text = (metrics?.prometheusText ?? "") + attempts.prometheusText
            return RouteResponse(
                headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")],
                body: Array(text.utf8))
        }
    }
}

extension BoxOfficeMetrics {
    /// The numbers of this moment, in the text format of Prometheus.
    public var prometheusText: String {
        let numbers = numbers
        var text = ""
        func family(_ name: String, _ type: String, _ help: String, _ lines: [String]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
            for line in lines { text += "\(name)\(line)\n" }
        }
        family(
            "nexus_bookings_total", "counter", "Bookings that have ended, by outcome.",
            BookingOutcome.allCases.map {
                "{outcome=\"\($0.rawValue)\"} \(numbers.bookings[$0] ?? 0)"
            })
        family(
            "nexus_payment_seconds", "histogram", "How long charges took, by what came of them.",
            PaymentResult.allCases.flatMap { lines($0, numbers.payments[$0] ?? PaymentTimes()) })
        family(
            "nexus_refunds_total", "counter", "Payments that were voided, charged or not.",
            [" \(numbers.refunds)"])
        family(
            "nexus_expiries_total", "counter", "Reservations that ended unpaid.",
            [" \(numbers.expiries)"])
        family(
            "nexus_holds_open", "gauge", "Reserved seats on the map, when it last changed here.",
            [" \(numbers.holds)"])
        family(
            "nexus_seats_sold", "gauge", "Sold seats on the map, when it last changed here.",
            [" \(numbers.sold)"])
        family(
            "nexus_mails_waiting", "gauge", "Mails that are tried again without their buyers.",
            [" \(numbers.mails.count)"])
        return text
    }

    private func lines(_ result: PaymentResult, _ times: PaymentTimes) -> [String] {
        let label = "result=\"\(result.rawValue)\""
        return zip(PaymentTimes.bounds, times.counts).map { "_bucket{\(label),le=\"\($0)\"} \($1)" }
            + [
                "_bucket{\(label),le=\"+Inf\"} \(times.count)", "_sum{\(label)} \(times.seconds)",
                "_count{\(label)} \(times.count)",
            ]
    }
}
