import { grammar } from '../grammar'

/** Kundschaft eines Möbelversands, auf Deutsch. */
export const germanGrammar = grammar({
  artikel: [
    'das Regal „Fichte“',
    'die Sitzbank „Mira“',
    'das Sofa „Lund“',
    'die Vitrine „Aare“',
    'die Kommode „Tilda“',
    'das Bett „Nora“',
  ],
  nummer: ['LT-{10000-99999}'],
  stadt: ['Leipzig', 'Freiburg', 'Münster', 'Graz', 'Winterthur', 'Kassel', 'Bremen', 'Würzburg'],
  tag: ['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag'],
  opening: [
    'Guten Tag, {=artikel} (Bestellung {=nummer}) sollte am {tag} geliefert werden, angekommen ist nichts. Wann kommt die Lieferung?',
    'Hallo, bei {=nummer} fehlen die Schrauben für die Rückwand. Können Sie mir die nachschicken?',
    'Ich möchte die Bestellung {=nummer} widerrufen. {=^artikel} passt leider nicht durch unser Treppenhaus in {=stadt}.',
    'Guten Morgen, auf der Rechnung zu {=nummer} steht noch meine alte Adresse. Bitte ändern, ich brauche sie für die Steuer.',
    '{=^artikel} hat einen tiefen Kratzer auf der Oberseite, die Verpackung war unbeschädigt. Was nun?',
    'Kann ich die Lieferung nach {=stadt} verschieben? Am {tag} ist ab {14-16} Uhr jemand da.',
    'Ist {=artikel} auch in Eiche lieferbar, und wenn ja, wie lange dauert das?',
    'Die Gutschrift zu {=nummer} ist nach {9-30} Tagen noch nicht auf meinem Konto. Bitte prüfen Sie das.',
  ],
  openingAnswer: [
    'Guten Tag und danke für Ihre Nachricht. Ihre Sendung {=nummer} liegt seit {tag} im Lager in {=stadt}; die Spedition hat Sie telefonisch nicht erreicht. Ich habe zwei Termine für Sie frei gehalten:\n\n- {tag}, {8-11} bis {12-15} Uhr\n- {tag}, {13-15} bis {17-19} Uhr\n\nWelcher passt Ihnen besser?',
    'Das tut mir leid. Die fehlenden Teile gehen heute als Päckchen an Sie heraus und sind in zwei bis drei Werktagen da. Falls Sie nicht warten möchten: Es sind handelsübliche Schrauben M{4-8} × {30-60}, die gibt es in jedem Baumarkt; schicken Sie uns dann einfach den Beleg.',
    'Ihren Widerruf habe ich eingetragen. So geht es weiter:\n\n1. Die Spedition meldet sich innerhalb von zwei Werktagen für die Abholung.\n2. Bitte verpacken Sie {=artikel} so gut es geht, der Originalkarton ist nicht nötig.\n3. Den Betrag von {149-899} € erhalten Sie spätestens {7-14} Tage nach der Abholung zurück.\n\nFür Sie ist das kostenlos.',
    'Die Rechnung mit der neuen Anschrift ist erstellt und unterwegs an Ihre E-Mail-Adresse. Die alte Rechnung ist damit storniert; bitte verwenden Sie nur die mit der Nummer R-{100000-999999}.',
    'Für den Kratzer biete ich Ihnen zweierlei an: Sie behalten das Möbel und erhalten {10-25} % des Preises zurück, oder wir tauschen es aus. Der Austausch dauert etwa {2-6} Wochen. Beides geht ohne Rücksendung des beschädigten Teils, ein Foto genügt.',
    'Das lässt sich einrichten. Ich habe die Lieferung {=nummer} auf diesen Tag verschoben, Zeitfenster {14-16} bis {18-20} Uhr. Der Fahrer ruft Sie eine halbe Stunde vorher an. Bitte prüfen Sie, ob die Nummer in Ihrem Konto noch stimmt.',
    'Ja, in Eiche gibt es {=artikel} auch, geölt oder lackiert. Der Aufpreis beträgt {40-190} €, die Lieferzeit zurzeit {3-9} Wochen, weil erst nach Bestellung gefertigt wird. Eine Holzprobe schicke ich Ihnen gern kostenlos zu.',
    'Danke, dass Sie nachfragen. Die Gutschrift zu {=nummer} wurde angelegt, aber nicht ausgezahlt, weil in der IBAN eine Ziffer fehlt. Bitte tragen Sie sie in Ihrem Konto unter „Zahlungen“ neu ein; danach dauert die Überweisung zwei Werktage. Schicken Sie uns die IBAN bitte nicht per Chat.',
  ],
  followUp: [
    'Danke. Bekomme ich dazu eine Bestätigung per E-Mail?',
    'Und was kostet mich das?',
    'Unter der Woche geht es bei mir schlecht. Haben Sie auch am Samstag etwas frei?',
    'Ein Foto kann ich heute Abend schicken. Wohin damit?',
    'Dann lieber das Geld zurück. Geht das noch?',
    'Gilt das auch, wenn ich schon angefangen habe, es aufzubauen?',
    'Der Fahrer meinte, das müsse ich mit Ihnen klären.',
    'Super, vielen Dank für die schnelle Hilfe!',
  ],
  followUpAnswer: [
    'Ja, sie ist schon unterwegs. Falls sie in einer Viertelstunde nicht da ist, schauen Sie bitte auch in den Spam-Ordner.',
    'Nichts, das übernehmen wir.',
    'Am Samstag fährt die Spedition nach {=stadt} zwischen {8-9} und {12-13} Uhr. Ich habe Ihnen den Platz reserviert; bitte bestätigen Sie ihn bis morgen über den Link in der E-Mail.',
    'Am einfachsten antworten Sie auf die E-Mail mit der Bestellnummer {=nummer} und hängen das Foto an. Ein Bild von nahem und eines aus zwei Metern Abstand reichen.',
    'Ja, das geht bis {14-30} Tage nach der Lieferung. Ich habe die Erstattung vorgemerkt; sobald {=artikel} abgeholt ist, wird der Betrag überwiesen.',
    'Ja, das gilt auch dann. Bitte schreiben Sie kurz dazu, welche Teile schon verschraubt sind, damit bei der Abholung das richtige Werkzeug dabei ist.',
    'Da hat er recht, und es tut mir leid, dass Sie nun zweimal fragen mussten. Ich habe es im Auftrag vermerkt, damit die Spedition beim nächsten Mal Bescheid weiß. Von Ihrer Seite ist nichts mehr zu tun.',
    'Sehr gern. Viel Freude mit dem neuen Möbel!',
  ],
  instruction: [
    'Du bist der Kundenservice von Lindtal Möbel. Freundlich, knapp, in ganzen Sätzen und per Sie. Nenne immer den nächsten Schritt. Versprich nichts, was nicht im Auftrag steht.',
  ],
})
