package world

import (
	"fmt"
	"strings"

	"fettle.dev/fettle/kernel/money"
	"fettle.dev/fettle/modules/catalog"
)

// Part is a part of a line with the models it fits.
type Part struct {
	Line, Number string
	Names        catalog.Names
	Price        money.Amount
	WeightGrams  int64
	Hazardous    bool
	Fits         []string       // codes of models
	Hints        map[string]int // symptom → times in 1,000 that it was the cure
	Moves        int            // how quickly it goes, from 1
}

// sort is a sort of part: every model of a line has one of its own, unless one
// is common to the line.
type sort struct {
	code, zh, en, de string
	price            int64 // minor units of the brand's contract, of the cheapest model
	grams            int64
	hazardous        bool
	common           bool
	moves            int
	hints            string // "SYMPTOM:permille …"
}

// sorts of parts of each family.
var sorts = map[string][]sort{
	Conditioners: {
		{"CAP", "启动电容", "Start capacitor", "Anlaufkondensator", 3800, 120, false, false, 9, "NO-COOL:210 OUTDOOR:420 TRIP:90 WEAK-COOL:60"},
		{"PCB-I", "室内主板", "Indoor control board", "Innenplatine", 26000, 350, false, false, 6, "NO-START:450 ERROR-CODE:270 FAN:110 REMOTE:120"},
		{"PCB-O", "室外主板", "Outdoor control board", "Außenplatine", 48000, 800, false, false, 5, "OUTDOOR:280 ERROR-CODE:310 NO-COOL:120 TRIP:130"},
		{"COMP", "压缩机", "Compressor", "Verdichter", 89000, 11500, false, false, 3, "NO-COOL:140 TRIP:290 NOISE:90"},
		{"FAN-I", "室内风机", "Indoor fan motor", "Innenlüfter", 21000, 1400, false, false, 4, "FAN:520 NOISE:260"},
		{"FAN-O", "室外风机", "Outdoor fan motor", "Außenlüfter", 24000, 2300, false, false, 4, "OUTDOOR:180 NOISE:230 WEAK-COOL:90"},
		{"EVAP", "蒸发器", "Evaporator", "Verdampfer", 52000, 5200, false, false, 2, "NO-COOL:70 ICING:120"},
		{"COND", "冷凝器", "Condenser", "Verflüssiger", 61000, 9300, false, false, 1, "WEAK-COOL:60"},
		{"VALVE4", "四通阀", "Reversing valve", "Umschaltventil", 13500, 700, false, false, 3, "WEAK-COOL:140 NO-COOL:60"},
		{"TRAY", "接水盘", "Drain pan", "Kondensatwanne", 5600, 600, false, false, 5, "LEAK:260"},
		{"PANEL", "面板", "Front panel", "Frontblende", 7800, 900, false, false, 2, ""},
		{"LOUVRE", "导风板", "Louvre", "Luftlamelle", 2900, 200, false, false, 3, "NOISE:60"},
		{"REM", "遥控器", "Remote control", "Fernbedienung", 4500, 110, false, true, 6, "REMOTE:700"},
		{"PIPE", "排水管", "Drain hose", "Ablaufschlauch", 1800, 250, false, true, 9, "LEAK:380"},
		{"SENS", "感温头", "Temperature sensor", "Temperaturfühler", 2200, 30, false, true, 8, "ERROR-CODE:230 ICING:340"},
		{"GAS32", "R32制冷剂 1kg", "Refrigerant R32, 1 kg", "Kältemittel R32, 1 kg", 9800, 1400, true, true, 9, "NO-COOL:330 WEAK-COOL:410 ICING:210"},
		{"FILT", "过滤网", "Filter", "Filter", 3200, 180, false, true, 7, "SMELL:520 WEAK-COOL:120"},
		{"MNT", "外机支架", "Outdoor bracket", "Außenkonsole", 8600, 4200, false, true, 5, "NOISE:120"},
	},
	Printers: {
		{"HOT", "热端组件", "Hotend assembly", "Hotend-Baugruppe", 4900, 180, false, false, 8, "NOZZLE:330 NO-HEAT:480"},
		{"NOZ", "喷嘴套装", "Nozzle set", "Düsensatz", 1400, 40, false, false, 9, "NOZZLE:560"},
		{"GEAR", "挤出齿轮", "Extruder gears", "Extruderzahnräder", 1900, 60, false, false, 8, "EXTRUDER:520"},
		{"EXT", "挤出机总成", "Extruder assembly", "Extruder komplett", 6900, 420, false, false, 4, "EXTRUDER:290"},
		{"BED", "热床", "Heated bed", "Heizbett", 7900, 1900, false, false, 5, "BED:440"},
		{"MAIN", "主板", "Main board", "Hauptplatine", 9900, 160, false, false, 5, "FIRMWARE:390 DISPLAY:180 NO-HEAT:190 WIFI:170 DOA:140"},
		{"PSU", "电源", "Power supply", "Netzteil", 5900, 900, false, false, 4, "DISPLAY:260 DOA:160"},
		{"TFT", "触摸屏", "Touch screen", "Touchscreen", 4400, 140, false, false, 4, "DISPLAY:430 DOA:110"},
		{"BELT", "同步带套装", "Belt set", "Riemensatz", 1700, 70, false, false, 7, "LAYER-SHIFT:460 NOISE:210"},
		{"MOT", "步进电机", "Stepper motor", "Schrittmotor", 2900, 310, false, false, 4, "LAYER-SHIFT:240 NOISE:260"},
		{"LCD", "曝光屏", "Exposure screen", "Belichtungsdisplay", 11900, 260, false, false, 6, "SCREEN-LINES:780"},
		{"VAT", "料槽", "Vat", "Harzwanne", 5400, 600, false, false, 5, "RESIN-LEAK:310"},
		{"COVER", "外罩", "Cover", "Abdeckung", 3400, 500, false, false, 2, "DOA:170"},
		{"LOOM", "线束", "Cable loom", "Kabelbaum", 2300, 180, false, false, 4, "LAYER-SHIFT:60 WIFI:60 DOA:60"},
		{"FILM", "离型膜 5片", "Release film, 5 pieces", "Trennfolie, 5 Stück", 2100, 60, false, true, 9, "RESIN-LEAK:520"},
		{"PROBE", "调平传感器", "Levelling probe", "Nivelliersensor", 2600, 35, false, true, 6, "BED:370"},
		{"TUBE", "导料管", "Filament tube", "PTFE-Schlauch", 900, 30, false, true, 8, "NOZZLE:70 EXTRUDER:110"},
		{"WLAN", "无线模块", "Wireless module", "WLAN-Modul", 1800, 20, false, true, 4, "WIFI:510"},
	},
	Chargers: {
		{"CON", "接触器", "Contactor", "Schütz", 7900, 420, false, false, 7, "NO-CHARGE:380 NOISE:330 ERROR-RED:160"},
		{"CTRL", "控制板", "Control board", "Steuerplatine", 18900, 260, false, false, 6, "NO-CHARGE:260 ERROR-RED:340 DISPLAY:190 RFID:140"},
		{"RCM", "漏电检测模块", "Residual current monitor", "Fehlerstrommodul", 8900, 110, false, false, 6, "RCD-TRIP:610"},
		{"LOCK", "锁止执行器", "Plug lock", "Steckerverriegelung", 4900, 90, false, false, 6, "PLUG-STUCK:640"},
		{"SOCK", "充电插座", "Socket", "Ladesteckdose", 9900, 700, false, false, 4, "PLUG-STUCK:160 NO-CHARGE:90 OVERHEAT:230"},
		{"CABLE", "充电线", "Charging cable", "Ladekabel", 17900, 3900, false, false, 6, "CABLE:820 NO-CHARGE:110"},
		{"DISP", "显示屏", "Display", "Display", 12900, 280, false, false, 4, "DISPLAY:540"},
		{"MET", "电能表", "Meter", "Zähler", 11900, 320, false, false, 3, "SLOW:180 ERROR-RED:90"},
		{"PSU", "辅助电源", "Auxiliary supply", "Hilfsnetzteil", 5900, 240, false, false, 4, "DISPLAY:170 OFFLINE:120"},
		{"FANS", "风扇组", "Fan set", "Lüftersatz", 6900, 800, false, false, 5, "OVERHEAT:520 NOISE:410 SLOW:210"},
		{"HOUSE", "外壳", "Housing", "Gehäuse", 13900, 3200, false, false, 2, ""},
		{"LOOM", "线束", "Wire loom", "Kabelbaum", 4400, 400, false, false, 3, "ERROR-RED:80"},
		{"MODEM", "通信模块", "Modem", "Modem", 8900, 60, false, true, 8, "OFFLINE:460"},
		{"ANT", "天线", "Antenna", "Antenne", 1900, 40, false, true, 7, "OFFLINE:210"},
		{"READ", "读卡器", "Card reader", "Kartenleser", 6400, 90, false, true, 7, "RFID:620"},
		{"TERM", "支付终端", "Payment terminal", "Bezahlterminal", 29900, 600, false, true, 4, "PAY:690"},
		{"SEAL", "密封条", "Door seal", "Türdichtung", 1500, 120, false, true, 5, "RCD-TRIP:130"},
		{"SURGE", "浪涌保护器", "Surge arrester", "Überspannungsschutz", 5200, 300, false, true, 4, "ERROR-RED:140 RCD-TRIP:90"},
	},
}

// parts returns the parts of all lines. What would cure only symptoms that a
// line's units do not have is no part of the line.
func parts(lines []Line) (out []Part) {
	for _, l := range lines {
		for _, s := range sorts[Family(l.Brand)] {
			hints := s.read(l)
			if len(hints) == 0 && s.hints != "" {
				continue
			}
			if s.common {
				out = append(out, s.part(l, hints, "", 0, codes(l.Models)))
				continue
			}
			for i, m := range l.Models {
				out = append(out, s.part(l, hints, m.Code, i, []string{m.Code}))
			}
		}
	}
	return out
}

func (s sort) part(l Line, hints map[string]int, model string, i int, fits []string) Part {
	p := Part{
		Line: l.Code, Number: prefix[l.Brand] + l.Code[3:] + "-" + s.code, WeightGrams: s.grams + s.grams*int64(i)/4, Hazardous: s.hazardous,
		Names: n(s.zh, s.en, s.de), Price: money.Of(s.price*(100+35*int64(i))/100, Currency(l.Brand)), Fits: fits, Hints: hints, Moves: s.moves,
	}
	if model != "" {
		short := model[3:]
		p.Number += "-" + short
		p.Names = n(s.zh+" "+short, s.en+" "+short, s.de+" "+short)
	}
	if strings.HasPrefix(l.Code, "EV-DC") || strings.HasPrefix(l.Code, "PR-PRO") {
		p.Price.Minor *= 4
	}
	return p
}

// prefix begins the numbers of a brand's parts and serials.
var prefix = map[string]string{Lingfeng: "LF", Layerworks: "LW", Voltara: "VT"}

// read returns the hints about the symptoms that units of the line have.
func (s sort) read(l Line) map[string]int {
	out := map[string]int{}
	for _, h := range strings.Fields(s.hints) {
		code, permille, _ := strings.Cut(h, ":")
		var n int
		if _, err := fmt.Sscan(permille, &n); err != nil {
			panic("world: hints " + s.hints) // the table is constant; a test reads it all
		}
		for _, known := range l.Symptoms {
			if known.Code == code {
				out[code] = n
			}
		}
	}
	return out
}

func codes(models []Model) (out []string) {
	for _, m := range models {
		out = append(out, m.Code)
	}
	return out
}
